"""What takes too long for every run of the tests: hours of traffic, and thousands of tests."""

"""The TensorFlow engine takes a SavedModel folder as well as a `.keras` file."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = pytest.mark.tensorflow

# In a process of its own: importing TensorFlow takes seconds and leaves its mark on a process.
CHECK = """
import sys
from pathlib import Path
import numpy as np
import tensorflow as tf
from aiaas_mock.inference.backend import ModelUnavailable
from aiaas_mock.inference.engines.tensorflow import TensorFlowEngine

folder = Path(sys.argv[1])

class Doubler(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec((None, 3), tf.float32, name="rows")])
    def __call__(self, rows):
        return {"scores": rows * 2.0}

doubler = Doubler()
signatures = {"serving_default": doubler.__call__}
tf.saved_model.save(doubler, str(folder / "model"), signatures=signatures)
engine = TensorFlowEngine(folder / "model")
for size in (1, 5, 2):
    rows = np.arange(size * 3, dtype=np.float32).reshape(size, 3)
    np.testing.assert_array_equal(engine.run(rows), rows * 2)

(folder / "broken").mkdir()
(folder / "broken.keras").write_bytes(b"no model")
for name in ("broken", "broken.keras"):
    try:
        TensorFlowEngine(folder / name)
    except ModelUnavailable as error:
        assert name in str(error)
    else:
        raise AssertionError(name)
print("all well")
"""


def test_a_saved_model_is_run_and_a_broken_one_refused(tmp_path: Path) -> None:
    if find_spec("tensorflow") is None:
        pytest.skip("TensorFlow is not installed")
    done = subprocess.run(
        [sys.executable, "-c", CHECK, str(tmp_path)], capture_output=True, text=True, timeout=120
    )
    assert done.stdout == "all well\n", done.stderr

"""The peer: what a tutorial's server looks like, FastAPI and ``model.predict`` per request."""

from __future__ import annotations

import argparse
import base64
import io
from typing import Any

import numpy as np
import tensorflow as tf
import uvicorn
from fastapi import FastAPI
from PIL import Image
from pydantic import BaseModel

from aiaas_mock.inference.bundles import SHIPPED

app = FastAPI()
bundle = SHIPPED / "fashion-cnn" / "1"
model = tf.keras.models.load_model(bundle / "model.keras")
labels = (bundle / "labels.txt").read_text().splitlines()


class Picture(BaseModel):
    data: str


class ClassifyRequest(BaseModel):
    inputs: list[Picture]


@app.post("/v1/images/classify")
def classify(request: ClassifyRequest) -> dict[str, Any]:
    """Classify as the tutorials do."""
    pixels = [
        np.asarray(Image.open(io.BytesIO(base64.b64decode(picture.data))).convert("L")) / 255.0
        for picture in request.inputs
    ]
    scores = model.predict(np.array(pixels)[..., None], verbose=0)
    return {
        "results": [{"label": labels[row.argmax()], "score": float(row.max())} for row in scores]
    }


@app.get("/ready")
def ready() -> dict[str, str]:
    """Answer the probe."""
    return {"status": "ready"}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    uvicorn.run(app, port=parser.parse_args().port, access_log=False, log_level="warning")

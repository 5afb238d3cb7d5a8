# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Made-up inputs for real models: tones, pages of letters, random ids.

Every function takes NumPy's Generator first, so a case is the same each time.
"""

import numpy as np


def integers(r, low, high, *shape, dtype="int64"):
    return r.integers(low, high, shape).astype(dtype)


def normal(r, *shape, scale=1.0, dtype="float32"):
    return (r.standard_normal(shape) * scale).astype(dtype)


def uniform(r, *shape):
    return r.uniform(0.0, 1.0, shape).astype("float32")


def tone(r, *shape, rate=16000):
    """Six sines with a little noise."""
    time = np.arange(shape[-1]) / rate
    loudness = r.uniform(0.02, 0.2, 6)
    pitch, phase = r.uniform(80, 3000, 6), r.uniform(0, 6, 6)
    sound = sum(a * np.sin(2 * np.pi * f * time + p)
                for a, f, p in zip(loudness, pitch, phase))
    noise = r.standard_normal(shape) * 0.01
    return (np.broadcast_to(sound, shape) + noise).astype("float32")


def image(r, n, height, width):
    """Smooth pictures with dark strokes in -1..1, NHWC, three channels.

    The strokes give text and face nets edges to see.
    """
    y, x = np.mgrid[0:height, 0:width]
    out = np.empty((n, 3, height, width))
    for picture in out:
        for k in range(3):
            picture[k] = 0.7 + 0.2 * np.sin(x / r.uniform(9, 40)) * np.cos(
                y / r.uniform(9, 40))
        for _ in range(12):
            top = int(r.integers(0, max(1, height - 4)))
            left = int(r.integers(0, max(1, width - 4)))
            bottom = top + int(r.integers(1, 6))
            right = left + int(r.integers(4, max(5, width // 3)))
            picture[:, top:bottom, left:right] = r.uniform(0, 0.3)
    out = (out * 2.0 - 1.0).astype("float32")
    return np.ascontiguousarray(out.transpose(0, 2, 3, 1))


# 5x7 letters, one string of bits a row.
FONT = {
    "H": "10001 10001 10001 11111 10001 10001 10001",
    "E": "11111 10000 10000 11110 10000 10000 11111",
    "L": "10000 10000 10000 10000 10000 10000 11111",
    "O": "01110 10001 10001 10001 10001 10001 01110",
    "T": "11111 00100 00100 00100 00100 00100 00100",
    "A": "01110 10001 10001 11111 10001 10001 10001",
    "N": "10001 11001 10101 10011 10001 10001 10001",
    "R": "11110 10001 10001 11110 10100 10010 10001",
    "S": "01111 10000 10000 01110 00001 00001 11110",
    "I": "01110 00100 00100 00100 00100 00100 01110",
}


def page(r, n, height, width, size=3):
    """White pages with dark words in the 5x7 font, in -1..1, NCHW."""
    out = np.full((n, height, width), 0.95)
    letter_width, letter_height = 6 * size, 7 * size
    for sheet in out:
        for y in range(size, height - letter_height + 1, 2 * letter_height):
            x = size * int(r.integers(1, 4))
            while x + letter_width <= width:
                letter = "HELOTANRSI "[int(r.integers(0, 11))]
                if letter != " ":
                    rows = [[int(bit) for bit in row]
                            for row in FONT[letter].split()]
                    ink = np.array(rows).repeat(size, 0).repeat(size, 1)
                    sheet[y:y + letter_height, x:x + 5 * size] -= 0.85 * ink
                x += letter_width
    out += r.standard_normal(out.shape) * 0.01
    return np.repeat((out[:, None] * 2 - 1).astype("float32"), 3, 1)


def token_ids(r, batch, length):
    """Ids between [CLS] and [SEP] and their mask; later rows are shorter."""
    ids = integers(r, 1000, 29000, batch, length)
    mask = np.ones((batch, length), "int64")
    for i in range(batch):
        used = length if i == 0 else max(3, length - 3 * i)
        ids[i, 0], ids[i, used - 1] = 101, 102
        ids[i, used:] = mask[i, used:] = 0
    return {"input_ids": ids, "attention_mask": mask}

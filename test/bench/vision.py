# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Image classifiers at 1 x 3 x 224 x 224, seeded random weights."""

import math

import numpy as np

from builder import Builder


def picture(b):
    array = np.random.default_rng(7).standard_normal((1, 3, 224, 224))
    return b.input("x", array.astype(np.float32))


def conv(b, x, channels, filters, kernel, size, stride=1, group=1, bend=None):
    """Convolution, batch norm and activation; `size` is that of the picture."""
    pad = (kernel - 1) // 2
    fan = channels // group * kernel * kernel
    w = b.random(filters, channels // group, kernel, kernel, fan=fan / 2)
    y = b.op("Conv", x, w, kernel_shape=[kernel] * 2, group=group,
             strides=[stride] * 2, pads=[pad] * 4)
    after = (size + 2 * pad - kernel) // stride + 1
    b.flops += 2 * filters * fan * after * after
    spread = [b.weight(b.rng.uniform(low, high, filters).astype("f4"))
              for low, high in ((0.8, 1.2), (-0.1, 0.1), (-0.1, 0.1),
                                (0.8, 1.2))]
    y = b.op("BatchNormalization", y, *spread, epsilon=1e-5)
    if bend == "relu":
        y = b.op("Relu", y)
    elif bend == "relu6":
        y = b.op("Clip", y, b.number(0.0), b.number(6.0))
    return y, after


def classify(b, x, channels):
    x = b.op("Flatten", b.op("GlobalAveragePool", x), axis=1)
    return b.model(b.linear(x, channels, 1000, 1), "y", [1, 1000]), b


def resnet50():
    b = Builder(3)
    x, _ = conv(b, picture(b), 3, 64, 7, 224, 2, bend="relu")
    x = b.op("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    channels, size = 64, 56
    for width, blocks, first in ((64, 3, 1), (128, 4, 2), (256, 6, 2),
                                 (512, 3, 2)):
        for block in range(blocks):
            stride = first if block == 0 else 1
            y, _ = conv(b, x, channels, width, 1, size, bend="relu")
            y, after = conv(b, y, width, width, 3, size, stride, bend="relu")
            y, _ = conv(b, y, width, 4 * width, 1, after)
            if block == 0:
                x, _ = conv(b, x, channels, 4 * width, 1, size, stride)
            x = b.op("Relu", b.op("Add", y, x))
            channels, size = 4 * width, after
    return classify(b, x, 2048)


def mobilenet():
    """MobileNetV2: depthwise convolutions between narrow products."""
    b = Builder(4)
    x, size = conv(b, picture(b), 3, 32, 3, 224, 2, bend="relu6")
    channels = 32
    for factor, filters, blocks, first in (
            (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2),
            (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)):
        for block in range(blocks):
            stride = first if block == 0 else 1
            y, wide = x, channels * factor
            if factor > 1:
                y, _ = conv(b, y, channels, wide, 1, size, bend="relu6")
            y, after = conv(b, y, wide, wide, 3, size, stride, wide, "relu6")
            y, _ = conv(b, y, wide, filters, 1, after)
            same = stride == 1 and channels == filters
            x = b.op("Add", x, y) if same else y
            channels, size = filters, after
    x, _ = conv(b, x, 320, 1280, 1, size, bend="relu6")
    return classify(b, x, 1280)


def vit():
    """ViT-S/16: 196 patches and a class token, 12 layers of width 384."""
    b = Builder(5)
    width, heads, length = 384, 6, 197

    def norm(x):
        return b.op("LayerNormalization", x, b.weight(np.ones(width, "f4")),
                    b.weight(np.zeros(width, "f4")), axis=-1, epsilon=1e-6)

    def split(x, perm):
        parts = b.op("Reshape", b.linear(x, width, width, length),
                     b.ints(1, length, heads, width // heads))
        return b.op("Transpose", parts, perm=perm)

    def attend(x):
        query, key = split(x, [0, 2, 1, 3]), split(x, [0, 2, 3, 1])
        value = split(x, [0, 2, 1, 3])
        scores = b.op("Div", b.op("MatMul", query, key),
                      b.number(math.sqrt(width // heads)))
        mixed = b.op("MatMul", b.op("Softmax", scores, axis=-1), value)
        b.flops += 4 * length * length * width
        joined = b.op("Reshape", b.op("Transpose", mixed, perm=[0, 2, 1, 3]),
                      b.ints(1, length, width))
        return b.linear(joined, width, width, length)

    x = b.op("Conv", picture(b), b.random(width, 3, 16, 16, fan=768),
             b.weight(np.zeros(width, "f4")), kernel_shape=[16] * 2,
             strides=[16] * 2)
    b.flops += 2 * width * 768 * (length - 1)
    x = b.op("Transpose", b.op("Reshape", x, b.ints(1, width, length - 1)),
             perm=[0, 2, 1])
    x = b.op("Concat", b.random(1, 1, width, fan=50), x, axis=1)
    x = b.op("Add", x, b.random(1, length, width, fan=50))
    for _ in range(12):
        x = b.op("Add", x, attend(norm(x)))
        y = b.gelu(b.linear(norm(x), width, 4 * width, length))
        x = b.op("Add", x, b.linear(y, 4 * width, width, length))
    x = b.op("Gather", norm(x), b.weight(np.array(0, np.int64)), axis=1)
    return b.model(b.linear(x, width, 1000, 1), "y", [1, 1000]), b

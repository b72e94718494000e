#!/usr/bin/env python3
"""Make the model of letter sequences that names have: the same words, the same model.

usage: train-names.py NAMES MODEL.c [HALF]
           HALF, 0 or 1: of every other word only; the rest can test the model
"""
import hashlib
import math
import sys

SYMBOLS = '#abcdefghijklmnopqrstuvwxyz0'        # an end of a word, letters, any digit
FIRST = ']'             # the character for no cost; up to '~', in thirds of a bit
LEVELS = 34
ROWS_A_LINE = 3
STRENGTH = (10, 20)     # how much a shorter context counts, in words seen
GLUED = 0.2             # words written together, as "usersync", for each word
SHAPES = ('lower', 'title', 'upper')


def rank(text):
    return hashlib.sha256(text.encode()).digest()


def words_of(path, half):
    with open(path, encoding='ascii') as names:
        words = {w for line in names if not line.startswith('#') for w in line.split()}
    ordered = sorted(words, key=lambda w: (rank(w), w))
    return ordered if half is None else ordered[half::2]


def parts_of(token):
    """Words of a CamelCase one, as splits() in src/detect/taskname.c has them."""
    start = 0
    for i in range(1, len(token)):
        before, here, after = token[i - 1], token[i], token[i + 1:i + 2]
        if here.isupper() and (not before.isupper() or (after and after.islower())):
            yield token[start:i]
            start = i
    yield token[start:]


def shape(part):
    if not part[0].isupper():
        return 'lower'
    return 'upper' if part[1:2].isupper() else 'title'


class Counts:
    def __init__(self):
        self.by_length = [{}, {}, {}]
        self.shapes = {first: dict.fromkeys(SHAPES, 1) for first in (True, False)}

    def add(self, parts, weight):
        plain = ['#' + ''.join('0' if c.isdigit() else c.lower() for c in p) for p in parts]
        text = '#' + ''.join(plain) + '#'
        for i in range(2, len(text)):
            for n, counts in enumerate(self.by_length):
                key = text[i - n:i + 1]
                counts[key] = counts.get(key, 0) + weight

    def probability(self, context, symbol):
        if context is None:
            total = sum(self.by_length[0].values())
            return (self.by_length[0].get(symbol, 0) + 1) / (total + len(SYMBOLS))
        n = len(context)
        seen = sum(self.by_length[n].get(context + s, 0) for s in SYMBOLS)
        shorter = self.probability(context[1:] or None, symbol)
        strength = STRENGTH[n - 1]
        return (self.by_length[n].get(context + symbol, 0) + strength * shorter) / (seen + strength)


def train(words):
    counts = Counts()
    plain = []
    for word in words:
        for token in ''.join(c if c.isalnum() else ' ' for c in word).split():
            parts = list(parts_of(token))
            counts.add(parts, 1)
            for i, part in enumerate(parts):
                counts.shapes[i == 0][shape(part)] += 1
            if len(parts) == 1 and token.isalpha() and 2 < len(token) < 9:
                plain.append(token.lower())
    plain = sorted(set(plain), key=rank)
    for left, right in zip(plain, plain[1:] + plain[:1]):
        counts.add([left + right], GLUED)
    return counts


def level(probability):
    return min(LEVELS - 1, round(-3 * math.log2(probability)))


def write(counts, path):
    rows = [''.join(chr(ord(FIRST) + level(counts.probability(a + b, c))) for c in SYMBOLS)
            for a in SYMBOLS for b in SYMBOLS]
    with open(path, 'w', encoding='ascii') as out:
        out.write('/* taskname-model.c -- what letters follow each other in names.'
                  '  Made by tests/scripts/train-names.py of data/names.txt. */\n'
                  '#include "detect/taskname-model.h"\n\n'
                  'const char taskname_cost[] =\n')
        for i in range(0, len(rows), ROWS_A_LINE):
            out.write('\t"' + ''.join(rows[i:i + ROWS_A_LINE]) + '"\n')
        out.write('\t;\n\nconst uint8_t taskname_shape_cost[2][SHAPES] = {\n')
        for first in (False, True):
            total = sum(counts.shapes[first].values())
            costs = [str(level(counts.shapes[first][s] / total)) for s in SHAPES]
            out.write('\t{ ' + ', '.join(costs) + ' },\n')
        out.write('};\n')


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    half = int(sys.argv[3]) if len(sys.argv) == 4 else None
    write(train(words_of(sys.argv[1], half)), sys.argv[2])


main()

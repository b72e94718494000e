/*
 * taskname-model.h -- the model of taskname.h: how unlikely each letter is after
 * the two before it.  Made from data/names.txt by tests/scripts.
 */
#ifndef TASKNAME_MODEL_H
#define TASKNAME_MODEL_H

#include <stdint.h>

enum {
	SYMBOL_END,		/* the end of a word, and its beginning */
	SYMBOL_A,
	SYMBOL_DIGIT = SYMBOL_A + 26,
	SYMBOLS
};

enum shape { SHAPE_LOWER, SHAPE_TITLE, SHAPE_UPPER };
#define SHAPES 3

#define COST_NONE	']'	/* the character that stands for a cost of 0 */

/* [SYMBOLS][SYMBOLS][SYMBOLS]: the cost of the last symbol behind the two others,
 * in thirds of a bit, as a character. */
extern const char	taskname_cost[];

/* The cost of a word's shape, in thirds of a bit: [1] of a first word, [0] of
 * one inside a CamelCase name. */
extern const uint8_t	taskname_shape_cost[2][SHAPES];

#endif

/* taskname-model.h -- what letters follow each other in names: costs in thirds of a bit. */
#ifndef TASKNAME_MODEL_H
#define TASKNAME_MODEL_H

#include <stdint.h>

enum {
	SYMBOL_END,		/* of a word, and its beginning */
	SYMBOL_A,
	SYMBOL_DIGIT = SYMBOL_A + 26,
	SYMBOLS
};

enum shape { SHAPE_LOWER, SHAPE_TITLE, SHAPE_UPPER };
#define SHAPES 3

#define COST_NONE	']'	/* what stands for a cost of nothing */

/* [SYMBOLS][SYMBOLS][SYMBOLS]: of the last, where the two others came before it. */
extern const char	taskname_cost[];

/* Of a word's shape: of one inside a CamelCase word, of the first. */
extern const uint8_t	taskname_shape_cost[2][SHAPES];

#endif

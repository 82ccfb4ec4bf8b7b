/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DELTAPLATE_OFX_PIXELS_H
#define DELTAPLATE_OFX_PIXELS_H

/* Pixels in memory, by type of sample: B byte, S short, F float, D double. */

/** RGBA, 8 bits. */
typedef struct OfxRGBAColourB {
  unsigned char r, g, b, a;
} OfxRGBAColourB;

/** RGBA, 16 bits. */
typedef struct OfxRGBAColourS {
  unsigned short r, g, b, a;
} OfxRGBAColourS;

/** RGBA, float. */
typedef struct OfxRGBAColourF {
  float r, g, b, a;
} OfxRGBAColourF;

/** RGBA, double: colours in parameters and interacts, never images. */
typedef struct OfxRGBAColourD {
  double r, g, b, a;
} OfxRGBAColourD;

/** RGB, 8 bits. */
typedef struct OfxRGBColourB {
  unsigned char r, g, b;
} OfxRGBColourB;

/** RGB, 16 bits. */
typedef struct OfxRGBColourS {
  unsigned short r, g, b;
} OfxRGBColourS;

/** RGB, float. */
typedef struct OfxRGBColourF {
  float r, g, b;
} OfxRGBColourF;

/** RGB, double: colours in parameters and interacts, never images. */
typedef struct OfxRGBColourD {
  double r, g, b;
} OfxRGBColourD;

#endif

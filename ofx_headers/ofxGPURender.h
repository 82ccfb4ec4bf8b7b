/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DELTAPLATE_OFX_GPURENDER_H
#define DELTAPLATE_OFX_GPURENDER_H

/* Rendering on GPUs: properties, actions and statuses, without the suites' functions. */

#define kOfxImageEffectPropCPURenderSupported "OfxImageEffectPropCPURenderSupported"

/* OpenGL; the string of the last action does begin with k. */
#define kOfxOpenGLRenderSuite "OfxImageEffectOpenGLRenderSuite"
#define kOfxImageEffectPropOpenGLRenderSupported "OfxImageEffectPropOpenGLRenderSupported"
#define kOfxImageEffectPropOpenGLEnabled "OfxImageEffectPropOpenGLEnabled"
#define kOfxImageEffectPropOpenGLTextureIndex "OfxImageEffectPropOpenGLTextureIndex"
#define kOfxImageEffectPropOpenGLTextureTarget "OfxImageEffectPropOpenGLTextureTarget"
#define kOfxOpenGLPropPixelDepth "OfxOpenGLPropPixelDepth"
#define kOfxActionOpenGLContextAttached "OfxActionOpenGLContextAttached"
#define kOfxActionOpenGLContextDetached "kOfxActionOpenGLContextDetached"

/* CUDA. */
#define kOfxImageEffectPropCudaRenderSupported "OfxImageEffectPropCudaRenderSupported"
#define kOfxImageEffectPropCudaEnabled "OfxImageEffectPropCudaEnabled"
#define kOfxImageEffectPropCudaStreamSupported "OfxImageEffectPropCudaStreamSupported"
#define kOfxImageEffectPropCudaStream "OfxImageEffectPropCudaStream"

/* Metal. */
#define kOfxImageEffectPropMetalRenderSupported "OfxImageEffectPropMetalRenderSupported"
#define kOfxImageEffectPropMetalEnabled "OfxImageEffectPropMetalEnabled"
#define kOfxImageEffectPropMetalCommandQueue "OfxImageEffectPropMetalCommandQueue"

/* OpenCL. */
#define kOfxOpenCLProgramSuite "OfxOpenCLProgramSuite"
#define kOfxImageEffectPropOpenCLRenderSupported "OfxImageEffectPropOpenCLRenderSupported"
#define kOfxImageEffectPropOpenCLSupported "OfxImageEffectPropOpenCLSupported"
#define kOfxImageEffectPropOpenCLEnabled "OfxImageEffectPropOpenCLEnabled"
#define kOfxImageEffectPropOpenCLCommandQueue "OfxImageEffectPropOpenCLCommandQueue"
#define kOfxImageEffectPropOpenCLImage "OfxImageEffectPropOpenCLImage"

/* Statuses. The GL names are older names of the GPU ones. */
#define kOfxStatGPUOutOfMemory 1001
#define kOfxStatGLOutOfMemory 1001
#define kOfxStatGPURenderFailed 1002
#define kOfxStatGLRenderFailed 1002

#endif

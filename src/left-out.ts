// Replaces parts of zod in the bundle that nobody asks for (wrangler.toml): its errors in sixty languages, since
// http/plain-words.ts has the error messages; its compiler, which needs `eval`; and what reads JSON Schema.
const leftOut = undefined;

export {
	leftOut as compile,
	leftOut as fromJSONSchema,
	leftOut as INVALID,
	leftOut as toZod,
	leftOut as withParser,
	leftOut as ZodCompileAsyncError,
	leftOut as ZodCompileUnsupportedError,
};

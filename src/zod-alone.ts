// Replaces @hono/zod-openapi in the bundle (wrangler.toml). What `.openapi` adds to a schema is for the document, which is made when
// the assets are built (documentation/files.ts); the Worker only validates.
import { ZodType } from "zod";

Object.assign(ZodType.prototype, {
	openapi(this: ZodType) {
		return this;
	},
});

export * as z from "zod";

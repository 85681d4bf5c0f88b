// Replaces @hono/zod-openapi in the bundle (wrangler.toml). What `.openapi` adds to a schema is for the document, which is made when
// the assets are built (documentation/files.ts); the Worker only validates. Of zod it has what the Worker uses, because a bundler
// keeps all of a namespace that is exported as a value (test/contract/imports.test.ts tells what is missing here).
import {
	array,
	boolean,
	custom,
	enum as enumeration,
	int,
	iso,
	literal,
	looseObject,
	never,
	null as nothing,
	number,
	object,
	partialRecord,
	preprocess,
	record,
	strictObject,
	string,
	toJSONSchema,
	union,
	unknown,
	ZodArray,
	ZodError,
	ZodNullable,
	ZodNumber,
	ZodObject,
	ZodOptional,
	ZodType,
} from "zod";

Object.assign(ZodType.prototype, {
	openapi(this: ZodType) {
		return this;
	},
});

export const z = {
	array,
	boolean,
	custom,
	enum: enumeration,
	int,
	iso,
	literal,
	looseObject,
	never,
	null: nothing,
	number,
	object,
	partialRecord,
	preprocess,
	record,
	strictObject,
	string,
	toJSONSchema,
	union,
	unknown,
	ZodArray,
	ZodError,
	ZodNullable,
	ZodNumber,
	ZodObject,
	ZodOptional,
	ZodType,
};

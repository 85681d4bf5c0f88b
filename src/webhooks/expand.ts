// The form of a webhook's `expand` (delivery/names.ts).
import { z } from "@hono/zod-openapi";
import { namedPaths } from "../delivery/names.ts";
import { once } from "../http/once.ts";

export const expand = once(() =>
	z
		.array(z.enum(namedPaths))
		.max(namedPaths.length)
		.openapi({
			description:
				"The resources whose names are sent beside their ids in `data` and `changes`: `ownerName` after `ownerId`, `tagNames` after `tagIds`. Each attempt has the names of its time. Default: none.",
			example: ["users", "pipelines"],
		}),
);

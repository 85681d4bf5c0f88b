// Endpoints that answer a page in an order of their own: feeds and logs, without the sorts and searches of resources' lists.
import type { z } from "@hono/zod-openapi";
import type { Ctx } from "../context.ts";
import type { PageQuery, Position } from "../db/list-query.ts";
import { cursorParameter, pageAnswer, readCursor } from "./cursor.ts";
import type { ResourceEndpoint } from "./definition.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { limitParameter } from "./list-query.ts";
import { strictObjectOf } from "./objects.ts";

/** The schema of a page's query string, with further parameters. */
export const pageQuery = <Shape extends z.ZodRawShape>(parameters: () => Shape) =>
	strictObjectOf(() => ({ cursor: cursorParameter, limit: limitParameter, ...parameters() }));

/** A page that was read, as `pageAnswer` takes it. */
interface ReadPage {
	readonly items: readonly unknown[];
	readonly next: Position | null;
	readonly hasMore?: boolean;
}

/**
 * An endpoint that answers pages.
 * @param page the schema of a page
 * @param read reads the page of `id`, the `{id}` of the path
 */
export const pageEndpoint = <Query extends Record<string, unknown>>(
	{
		page,
		...definition
	}: Omit<ResourceEndpoint<z.ZodType<Query>, z.ZodUndefined>, "method" | "answers"> & {
		readonly page: z.ZodType;
	},
	read: (ctx: Ctx, query: Query & Pick<PageQuery, "after">, id: string) => Promise<ReadPage>,
): Endpoint =>
	endpoint(
		{
			...definition,
			method: "get",
			answers: { 200: { description: "One page.", schema: page, headers: ["Link"] } },
		},
		async ({ ctx, id, query, request }) => {
			const list = definition.path.slice(1).replace("{id}", id);
			const after = await readCursor(ctx, list, query);
			return pageAnswer(ctx, list, query, request.url, await read(ctx, { ...query, after }, id));
		},
	);

import { ifMatch } from "../http/conditions.ts";
import { type Endpoint, endpoint } from "../http/endpoint.ts";
import { perform } from "../http/write.ts";
import { type Erasable, type Identity, identities } from "../identities.ts";
import { erase } from "./erase.ts";
import { pursue } from "./pursue.ts";

/** @param rest what happens to related records, in words */
const erasing = ({ path, tag, noun, one, prefix }: Identity<Erasable>, rest: string): Endpoint =>
	endpoint(
		{
			method: "post",
			path: `/${path}/{id}/erase`,
			scope: `${path}:erase`,
			tag,
			operationId: `erase${one}`,
			summary: `Erase a ${noun}`,
			description: [
				`Removes a ${noun}, deleted or not, for good, as a person may ask for; it can't be restored. With the answer the row is gone from every list and search.`,
				"Within a minute, mostly sooner, what is personal is gone too from its events, the log of their deliveries, its conversations, its tasks and the words of the search index; what still was to be sent of its events is cancelled.",
				rest,
				`\`${noun}.erased\` says that it was done and by whom, with nothing but the id, so that copies can do the same.`,
				"One that was removed for good before, as what is deleted is after a while, can be erased as long as its events are kept.",
			].join(" "),
			message: `${one} erased successfully`,
			ids: { id: { prefix, noun } },
			conditional: true,
			answers: { 204: { description: "Erased." } },
		},
		async ({ ctx, ids, request }) => {
			const answer = await perform(
				ctx,
				() => erase(ctx, path, ids.id ?? "", ifMatch(request)),
				() => ({ status: 204 }),
			);
			ctx.after(pursue(ctx.env, ctx.caller.organizationId));
			return answer;
		},
	);

export const erasureEndpoints: readonly Endpoint[] = [
	erasing(
		identities.leads,
		"The answers to a form that it was made of go as well. Deals and the client that it became stay: erase that one too where it is the same person.",
	),
	erasing(
		identities.clients,
		"Its deals, quotations and invoices stay with their numbers, amounts, dates, lines and the client's id, which leads nowhere; what people wrote on them goes.",
	),
];

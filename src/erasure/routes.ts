import { type Endpoint, endpoint } from "../http/endpoint.ts";
import { gone, performWrite } from "../http/write.ts";
import { type ErasablePath, type Identity, identities } from "../identities.ts";
import { erase } from "./erase.ts";
import { runErasures } from "./worker.ts";

/** @param rest what happens to related records, in words */
function eraseEndpoint(of: Identity<ErasablePath>, rest: string): Endpoint {
	const { path, noun, one } = of;
	return endpoint(
		{
			method: "post",
			path: `/${path}/{id}/erase`,
			of,
			scope: `${path}:erase`,
			operationId: `erase${one}`,
			summary: `Erase a ${noun}`,
			description: [
				`Removes a ${noun} for good, whether it is deleted or not, e.g. because the person asks for it. It can't be restored. After the answer it no longer appears in any list or search.`,
				"Within a minute, mostly sooner, personal data is also removed from its events, the log of their deliveries, its conversations, its tasks and the search index. Pending deliveries of its events are cancelled.",
				rest,
				`\`${noun}.erased\` says that it was done and by whom, with nothing but the id, so that copies can do the same.`,
				"A record that was deleted and then removed by retention can still be erased while its events are kept.",
			].join(" "),
			message: `${one} erased successfully`,
			conditional: true,
			answers: { 204: { description: "Erased." } },
		},
		async ({ ctx, id, condition }) => {
			const answer = await performWrite(ctx, () => erase(ctx, path, id, condition), gone);
			ctx.waitUntil(runErasures(ctx.env, ctx.caller.organizationId));
			return answer;
		},
	);
}

export const erasureEndpoints = [
	eraseEndpoint(
		identities.leads,
		"The form answers from which it was created are removed as well. Its deals and the client that it became stay: erase the client too if it is the same person.",
	),
	eraseEndpoint(
		identities.clients,
		"Its deals, quotations and invoices stay, with their numbers, amounts, dates, lines and the id of the erased client; their free texts are removed.",
	),
];

import { accepted, writeEndpoint } from "../http/write.ts";
import { oneDelivery } from "./log-routes.ts";
import { Delivery, Recover, Recovered } from "./log-schema.ts";
import { recover, redeliver } from "./resend.ts";

const redelivery = writeEndpoint(
	{
		...oneDelivery,
		method: "post",
		path: "/webhooks/{id}/deliveries/{deliveryId}/redeliver",
		operationId: "redeliver",
		summary: "Send a delivery again",
		description:
			"Makes one attempt now, with the same id, whatever the status of the delivery, and even if the webhook is disabled. If another attempt is running, it is made right after that. A success ends a pending schedule.",
		message: "Redelivery accepted",
		answers: { 202: { description: "Accepted.", schema: Delivery } },
	},
	({ ctx, ids: { id = "", deliveryId = "" } }) => redeliver(ctx, id, deliveryId),
	accepted,
);

const recovery = writeEndpoint(
	{
		method: "post",
		path: "/webhooks/{id}/recover",
		of: oneDelivery.of,
		operationId: "recoverDeliveries",
		summary: "Recover failed deliveries",
		description:
			"Starts the schedule again for each delivery that was created in a period and failed, or was skipped because the webhook was disabled; at most 10,000 at once, oldest first. Deliveries that have succeeded since and test sends are left out.",
		message: "Recovery accepted",
		body: Recover,
		conditional: true,
		answers: { 202: { description: "Accepted.", schema: Recovered } },
	},
	({ ctx, id, body, condition }) => recover(ctx, id, body, condition),
	accepted,
);

export const resendEndpoints = [redelivery, recovery];

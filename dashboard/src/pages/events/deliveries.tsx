// The deliveries that an event made: to which webhooks it was sent, and what came of it.
import { api, callApi, type Schemas } from "../../api.ts";
import { usePages } from "../../paging.ts";
import { href } from "../../router.tsx";
import { PagedList } from "../../ui/paged-list.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Instant } from "../../ui/text.tsx";
import { useWebhooks } from "../webhooks/list.tsx";
import { DeliveryBadge, webhookName } from "../webhooks/state.tsx";

type Summary = Schemas["DeliverySummary"];

export function EventDeliveries({ eventId }: { eventId: string }) {
	const { items: webhooks = [] } = useWebhooks();
	const deliveries = usePages(["event-deliveries", eventId], (cursor) =>
		callApi(
			api.GET("/events/{id}/deliveries", {
				params: { path: { id: eventId }, query: { limit: 25, ...cursor } },
			}),
		),
	);
	const nameOf = (id: string) => {
		const webhook = webhooks.find((one) => one.id === id);
		return webhook ? webhookName(webhook) : id;
	};
	const columns: readonly Column<Summary>[] = [
		{
			head: "Sent to",
			cell: ({ id, webhookId }) => (
				<a class="row-link" href={href(`/webhooks/${webhookId}/deliveries/${id}`)}>
					{nameOf(webhookId)}
				</a>
			),
		},
		{ head: "Status", cell: ({ status }) => <DeliveryBadge status={status} /> },
		{ head: "Attempts", right: true, cell: ({ attemptCount }) => attemptCount },
		{ head: "Next attempt", cell: ({ nextAttemptAt }) => <Instant at={nextAttemptAt} /> },
	];
	return (
		<PagedList pages={deliveries} empty={<p class="soft">No webhook was sent it.</p>}>
			{(items) => (
				<Table name="Deliveries of the event" columns={columns} rows={items} keyOf={({ id }) => id} />
			)}
		</PagedList>
	);
}

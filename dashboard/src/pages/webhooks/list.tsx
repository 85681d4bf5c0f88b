import { api, callApi } from "../../api.ts";
import { usePages } from "../../paging.ts";
import { href, navigate } from "../../router.tsx";
import { useHasScope } from "../../session.tsx";
import { Empty } from "../../ui/feedback.tsx";
import { Heading } from "../../ui/layout.tsx";
import { PagedList } from "../../ui/paged-list.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { FirstNames, Instant } from "../../ui/text.tsx";
import { type Webhook, WebhookBadge, webhookName } from "./state.tsx";

const LIVE_MS = 15_000;

const columns: Column<Webhook>[] = [
	{
		head: "Webhook",
		cell: (webhook) => (
			<a class="row-link" href={href(`/webhooks/${webhook.id}`)}>
				<strong>{webhookName(webhook)}</strong>
				{webhook.name ? <span class="url">{webhook.url}</span> : null}
			</a>
		),
	},
	{ head: "Health", cell: (webhook) => <WebhookBadge webhook={webhook} /> },
	{
		head: "Events",
		cell: ({ events }) => (events[0] === "*" ? "Every event" : <FirstNames names={events} />),
	},
	{ head: "Failed attempts in a row", right: true, cell: ({ consecutiveFailures }) => consecutiveFailures },
	{ head: "Last delivered", cell: ({ lastDeliveredAt }) => <Instant at={lastDeliveredAt} none="Never" /> },
];

/** The organization's webhooks; there are at most 50. */
export const useWebhooks = () =>
	usePages(
		["webhooks"],
		(cursor) => callApi(api.GET("/webhooks", { params: { query: { limit: 50, ...cursor } } })),
		LIVE_MS,
	);

export function Webhooks() {
	const webhooks = useWebhooks();
	const create = useHasScope("webhooks:write") ? (
		<button type="button" class="primary" onClick={() => navigate("/webhooks/new")}>
			New webhook
		</button>
	) : null;
	return (
		<>
			<Heading
				title="Webhooks"
				about="Where events are sent, signed and tried again until they are received."
				actions={create}
			/>
			<PagedList
				pages={webhooks}
				empty={
					<Empty title="No webhooks yet">
						<p>
							Make one for a URL of yours and choose its events. While you develop, a tunnel or, with{" "}
							<code>npm start</code>, <code>http://localhost</code> will do.
						</p>
					</Empty>
				}
			>
				{(items) => <Table name="Webhooks" columns={columns} rows={items} keyOf={({ id }) => id} />}
			</PagedList>
		</>
	);
}

import { useQuery } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import { formatNumber } from "../format.ts";
import { href } from "../router.tsx";
import { useConnection } from "../shell.tsx";
import { Empty, QueryResult } from "../ui/feedback.tsx";
import { Durations, Outcomes, PeriodSelect, Totals } from "../ui/figures.tsx";
import { Heading, Section } from "../ui/layout.tsx";
import { Table } from "../ui/table.tsx";
import { Instant } from "../ui/text.tsx";
import { useWebhooks } from "./webhooks/list.tsx";
import { allStatsQuery, hoursAgo } from "./webhooks/queries.ts";
import { needsAttention, type Webhook, WebhookBadge, webhookName } from "./webhooks/state.tsx";

export function Overview() {
	const [hours, setHours] = useState(24);
	const webhooks = useWebhooks();
	return (
		<>
			<Heading
				title="Overview"
				about="What went out to your webhooks, and how it was received."
				actions={<PeriodSelect hours={hours} onChange={setHours} />}
			/>
			<QueryResult query={{ ...webhooks, data: webhooks.items }}>
				{(items) =>
					items.length > 0 ? (
						<>
							<Figures hours={hours} />
							<Failing webhooks={items} />
						</>
					) : (
						<Section title="Deliveries">
							<Empty title="No webhooks yet">
								<p>
									<a href={href("/webhooks/new")}>Make the first one</a>, and see here what it receives.
								</p>
							</Empty>
						</Section>
					)
				}
			</QueryResult>
			<Usage />
		</>
	);
}

function Figures({ hours }: { hours: number }) {
	const stats = useQuery(allStatsQuery(hours));
	const since = hoursAgo(hours);
	return (
		<QueryResult query={stats}>
			{({ items, totals }) => (
				<>
					<Totals totals={totals} />
					<div class="charts">
						<Section title="Attempts per hour">
							<Outcomes hours={items} since={since} />
						</Section>
						<Section title="Duration">
							<Durations hours={items} since={since} />
						</Section>
					</div>
				</>
			)}
		</QueryResult>
	);
}

function Failing({ webhooks }: { webhooks: readonly Webhook[] }) {
	const failing = webhooks.filter(needsAttention);
	return (
		<Section title="Failing webhooks" bare>
			{failing.length > 0 ? (
				<Table
					name="Failing webhooks"
					rows={failing}
					keyOf={({ id }) => id}
					columns={[
						{
							head: "Webhook",
							cell: (webhook) => (
								<a class="row-link" href={href(`/webhooks/${webhook.id}`)}>
									<strong>{webhookName(webhook)}</strong>
								</a>
							),
						},
						{ head: "Health", cell: (webhook) => <WebhookBadge webhook={webhook} /> },
						{
							head: "Failed attempts in a row",
							right: true,
							cell: ({ consecutiveFailures }) => consecutiveFailures,
						},
						{ head: "Failing since", cell: ({ failingSince }) => <Instant at={failingSince} /> },
						{ head: "Next try", cell: ({ pausedUntil }) => <Instant at={pausedUntil} /> },
					]}
				/>
			) : (
				<Empty
					title={webhooks.length === 1 ? "Your webhook works" : `All ${webhooks.length} webhooks work`}
				/>
			)}
		</Section>
	);
}

function Usage() {
	const { allowance } = useConnection();
	if (!allowance) return null;
	const used = allowance.limit - allowance.remaining;
	return (
		<Section title="Rate limit">
			<div class="usage">
				<meter
					aria-label="Requests used"
					min={0}
					max={allowance.limit}
					high={allowance.limit * 0.9}
					low={allowance.limit * 0.7}
					optimum={0}
					value={used}
				/>
				<p>
					This session used <strong>{formatNumber(used)}</strong> of its {formatNumber(allowance.limit)}{" "}
					requests in the last 60 seconds.{" "}
					<span class="soft">Each API key has 60 of its own, which this does not touch.</span>
				</p>
			</div>
		</Section>
	);
}

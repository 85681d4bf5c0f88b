import { useQueries } from "@tanstack/preact-query";
import { useMemo, useState } from "preact/hooks";
import { number } from "../format.ts";
import { href } from "../router.tsx";
import { useAllowance } from "../shell.tsx";
import { Empty, Failure, Loaded, Loading } from "../ui/feedback.tsx";
import { Durations, Outcomes, Span, Totals, together } from "../ui/figures.tsx";
import { Heading, Section } from "../ui/layout.tsx";
import { Table } from "../ui/table.tsx";
import { Instant } from "../ui/text.tsx";
import { useWebhooks } from "./webhooks/list.tsx";
import { hoursAgo, statsQuery } from "./webhooks/queries.ts";
import { nameOf, needsCare, type Webhook, WebhookBadge } from "./webhooks/state.tsx";

export function Overview() {
	const [hours, setHours] = useState(24);
	const webhooks = useWebhooks();
	return (
		<>
			<Heading
				title="Overview"
				about="What went out to your webhooks, and how it was received."
				actions={<Span hours={hours} onChange={setHours} />}
			/>
			<Loaded query={{ ...webhooks, data: webhooks.items }}>
				{(items) =>
					items.length > 0 ? (
						<>
							<Figures webhooks={items} hours={hours} />
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
			</Loaded>
			<Usage />
		</>
	);
}

function Figures({ webhooks, hours }: { webhooks: readonly Webhook[]; hours: number }) {
	const stats = useQueries({ queries: webhooks.map(({ id }) => statsQuery(id, hours)) });
	const since = hoursAgo(hours);
	const found = stats.flatMap(({ data }) => (data ? [data] : []));
	const refused = stats.find(({ error }) => error)?.error ?? null;
	const stamp = stats.map(({ dataUpdatedAt }) => dataUpdatedAt).join();
	// The arrays are new each time; the stamp says when they differ.
	const all = useMemo(() => together(found), [stamp]);
	if (refused) return <Failure error={refused} retry={() => stats.map(({ refetch }) => refetch())} />;
	if (found.length < webhooks.length) return <Loading />;
	return (
		<>
			<Totals hours={all} />
			<div class="charts">
				<Section title="Deliveries per hour">
					<Outcomes hours={all} since={since} />
				</Section>
				<Section title="Duration">
					<Durations hours={all} since={since} />
				</Section>
			</div>
		</>
	);
}

function Failing({ webhooks }: { webhooks: readonly Webhook[] }) {
	const failing = webhooks.filter(needsCare);
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
									<strong>{nameOf(webhook)}</strong>
								</a>
							),
						},
						{ head: "Health", cell: (webhook) => <WebhookBadge webhook={webhook} /> },
						{
							head: "Failures in a row",
							right: true,
							cell: ({ consecutiveFailures }) => consecutiveFailures,
						},
						{ head: "Failing since", cell: ({ failingSince }) => <Instant at={failingSince} /> },
						{ head: "Next probe", cell: ({ pausedUntil }) => <Instant at={pausedUntil} /> },
					]}
				/>
			) : (
				<Empty
					title={webhooks.length === 1 ? "Your webhook is well" : `All ${webhooks.length} webhooks are well`}
				/>
			)}
		</Section>
	);
}

function Usage() {
	const allowance = useAllowance();
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
					This session used <strong>{number(used)}</strong> of its {number(allowance.limit)} requests in the
					last 60 seconds.{" "}
					<span class="soft">Each API key has 60 of its own, which this does not touch.</span>
				</p>
			</div>
		</Section>
	);
}

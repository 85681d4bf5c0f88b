import { useQuery, useQueryClient } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import { api, callApi } from "../../api.ts";
import { counted } from "../../format.ts";
import { useMutation } from "../../mutation.ts";
import { href, useNavigate } from "../../router.tsx";
import { useHasScope } from "../../session.tsx";
import { Confirm } from "../../ui/dialog.tsx";
import { ActionButton, ErrorNotice, QueryResult } from "../../ui/feedback.tsx";
import { Durations, Outcomes, PeriodSelect, Totals } from "../../ui/figures.tsx";
import { Facts, Heading, Section } from "../../ui/layout.tsx";
import { PageResult } from "../../ui/page-result.tsx";
import { CopyButton, Instant } from "../../ui/text.tsx";
import { Log } from "./log.tsx";
import { hoursAgo, statsQuery, useWebhook, useWebhookUpdate } from "./queries.ts";
import { Recover } from "./recover.tsx";
import { Secret } from "./secret.tsx";
import { type Webhook, WebhookBadge, WebhookProblem, webhookName } from "./state.tsx";
import { TestSend } from "./test-send.tsx";

const list = { path: "/webhooks", text: "Webhooks" };

export function WebhookDetail({ id }: { id: string }) {
	const webhook = useWebhook(id);
	return (
		<PageResult title="Webhook" up={list} query={webhook}>
			{(found) => <Shown webhook={found} />}
		</PageResult>
	);
}

function Shown({ webhook }: { webhook: Webhook }) {
	const { id, status } = webhook;
	const [open, setOpen] = useState<"test" | "recover" | "delete" | null>(null);
	const mayWrite = useHasScope("webhooks:write");
	const change = useWebhookUpdate(id);
	const close = () => setOpen(null);
	return (
		<>
			<Heading
				title={
					<>
						{webhookName(webhook)} <WebhookBadge webhook={webhook} />
					</>
				}
				tab={webhookName(webhook)}
				up={list}
				about={webhook.description}
				actions={
					mayWrite ? (
						<>
							<button type="button" class="primary" onClick={() => setOpen("test")}>
								Send test event
							</button>
							<button type="button" onClick={() => setOpen("recover")}>
								Send again…
							</button>
							<a class="button" href={href(`/webhooks/${id}/edit`)}>
								Edit
							</a>
							<ActionButton
								busy={change.isPending}
								onClick={() => change.mutate({ status: status === "active" ? "disabled" : "active" })}
							>
								{status === "active" ? "Disable" : "Enable"}
							</ActionButton>
							<button type="button" class="danger-text" onClick={() => setOpen("delete")}>
								Delete
							</button>
						</>
					) : null
				}
			/>
			<ErrorNotice error={change.error} />
			<WebhookProblem webhook={webhook} mayWrite={mayWrite} />
			<Figures id={id} />
			<Section title="Settings">
				<Settings webhook={webhook} mayWrite={mayWrite} />
			</Section>
			<Log webhook={webhook} />
			{open === "test" ? <TestSend webhookId={id} onClose={close} /> : null}
			{open === "recover" ? <Recover webhook={webhook} onClose={close} /> : null}
			{open === "delete" ? <Delete webhook={webhook} onClose={close} /> : null}
		</>
	);
}

function Figures({ id }: { id: string }) {
	const [hours, setHours] = useState(24);
	const stats = useQuery(statsQuery(id, hours));
	const since = hoursAgo(hours);
	return (
		<Section title="Deliveries" actions={<PeriodSelect hours={hours} onChange={setHours} />}>
			<QueryResult query={stats}>
				{({ items, totals }) => (
					<>
						<Totals totals={totals} />
						<div class="charts">
							<Outcomes hours={items} since={since} />
							{items.length > 0 ? <Durations hours={items} since={since} /> : null}
						</div>
					</>
				)}
			</QueryResult>
		</Section>
	);
}

function Settings({ webhook, mayWrite }: { webhook: Webhook; mayWrite: boolean }) {
	const { id, url, method, events, headers, skipSystem, createdAt, lastDeliveredAt } = webhook;
	const { filter, template, expand, rateLimit, ordered } = webhook;
	const sent = Object.entries(headers);
	return (
		<Facts
			facts={[
				[
					"URL",
					<code>
						{method} {url}
					</code>,
				],
				[
					"Events",
					<ul class="chips">
						{events.map((event) => (
							<li key={event}>
								<code>{event}</code>
							</li>
						))}
					</ul>,
				],
				["Filter", filter ? <code>{JSON.stringify(filter)}</code> : null],
				["Text for Slack", template ? <code>{template}</code> : null],
				["Names beside ids", expand.length > 0 ? expand.join(", ") : null],
				["Rate limit", rateLimit ? `${counted(rateLimit.count, "attempt")} in ${rateLimit.seconds} s` : null],
				["Order", ordered ? "One after the other" : null],
				["Secret", <Secret webhook={webhook} mayWrite={mayWrite} />],
				[
					"Headers",
					sent.length > 0 ? (
						<ul class="chips">
							{sent.map(([name, value]) => (
								<li key={name}>
									<code>
										{name}: {value}
									</code>
								</li>
							))}
						</ul>
					) : null,
				],
				["Built-in processes", skipSystem ? "Do not run for these events" : "Run"],
				["Last delivered", <Instant at={lastDeliveredAt} none="Never" />],
				["Created", <Instant at={createdAt} />],
				[
					"Id",
					<>
						<code>{id}</code> <CopyButton text={id} />
					</>,
				],
			]}
		/>
	);
}

function Delete({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
	const client = useQueryClient();
	const navigate = useNavigate();
	const remove = useMutation({
		mutationFn: () => callApi(api.DELETE("/webhooks/{id}", { params: { path: { id: webhook.id } } })),
		onSuccess: () => {
			navigate("/webhooks");
			client.removeQueries({ queryKey: ["webhook", webhook.id] });
			return client.invalidateQueries({ queryKey: ["head", "webhooks"] });
		},
	});
	return (
		<Confirm
			title={`Delete “${webhookName(webhook)}”?`}
			action="Delete webhook"
			busy={remove.isPending}
			onConfirm={() => remove.mutate()}
			onClose={onClose}
		>
			<p>Nothing more is sent to it, and deliveries that wait are cancelled.</p>
			<ErrorNotice error={remove.error} />
		</Confirm>
	);
}

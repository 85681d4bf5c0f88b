import { useMutation, useQuery, useQueryClient } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import { api, ask } from "../../api.ts";
import { go, href } from "../../router.tsx";
import { useMay } from "../../session.tsx";
import { Confirm } from "../../ui/dialog.tsx";
import { Action, Failure, Loaded } from "../../ui/feedback.tsx";
import { Durations, Outcomes, Span, Totals } from "../../ui/figures.tsx";
import { Facts, Heading, Section } from "../../ui/layout.tsx";
import { CopyButton, Instant } from "../../ui/text.tsx";
import { Log } from "./log.tsx";
import { hoursAgo, statsQuery, useChange, useWebhook } from "./queries.ts";
import { Recover } from "./recover.tsx";
import { Secret } from "./secret.tsx";
import { nameOf, Trouble, type Webhook, WebhookBadge } from "./state.tsx";
import { TestSend } from "./test-send.tsx";

export function WebhookDetail({ id }: { id: string }) {
	const webhook = useWebhook(id);
	return <Loaded query={webhook}>{(found) => <Shown webhook={found} />}</Loaded>;
}

function Shown({ webhook }: { webhook: Webhook }) {
	const { id, status } = webhook;
	const [open, setOpen] = useState<"test" | "recover" | "delete" | null>(null);
	const mayWrite = useMay("webhooks:write");
	const change = useChange(id);
	const close = () => setOpen(null);
	return (
		<>
			<Heading
				title={
					<>
						{nameOf(webhook)} <WebhookBadge webhook={webhook} />
					</>
				}
				tab={nameOf(webhook)}
				up={{ path: "/webhooks", text: "Webhooks" }}
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
							<Action
								busy={change.isPending}
								onClick={() => change.mutate({ status: status === "active" ? "disabled" : "active" })}
							>
								{status === "active" ? "Disable" : "Enable"}
							</Action>
							<button type="button" class="danger-text" onClick={() => setOpen("delete")}>
								Delete
							</button>
						</>
					) : null
				}
			/>
			<Failure error={change.error} />
			<Trouble webhook={webhook} mayWrite={mayWrite} />
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
		<Section title="Deliveries" actions={<Span hours={hours} onChange={setHours} />}>
			<Loaded query={stats}>
				{({ items, totals }) => (
					<>
						<Totals totals={totals} />
						<div class="charts">
							<Outcomes hours={items} since={since} />
							{items.length > 0 ? <Durations hours={items} since={since} /> : null}
						</div>
					</>
				)}
			</Loaded>
		</Section>
	);
}

function Settings({ webhook, mayWrite }: { webhook: Webhook; mayWrite: boolean }) {
	const { id, url, method, events, headers, skipSystem, createdAt, lastDeliveredAt } = webhook;
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
	const remove = useMutation({
		mutationFn: () => ask(api.DELETE("/webhooks/{id}", { params: { path: { id: webhook.id } } })),
		onSuccess: () => {
			go("/webhooks");
			client.removeQueries({ queryKey: ["webhook", webhook.id] });
			return client.invalidateQueries({ queryKey: ["head", "webhooks"] });
		},
	});
	return (
		<Confirm
			title={`Delete “${nameOf(webhook)}”?`}
			action="Delete webhook"
			busy={remove.isPending}
			onConfirm={() => remove.mutate()}
			onClose={onClose}
		>
			<p>Nothing more is sent to it, and deliveries that wait are cancelled.</p>
			<Failure error={remove.error} />
		</Confirm>
	);
}

import { useQueryClient } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import { api, callApi, type Schemas } from "../../api.ts";
import { counted, formatDuration } from "../../format.ts";
import { useMutation } from "../../mutation.ts";
import { useOnce } from "../../once.ts";
import { href } from "../../router.tsx";
import { useHasScope } from "../../session.tsx";
import { ActionButton, Empty, ErrorNotice } from "../../ui/feedback.tsx";
import { Facts, Heading, Section } from "../../ui/layout.tsx";
import { PageResult } from "../../ui/page-result.tsx";
import { Badge, Code, CopyButton, Instant, useNow } from "../../ui/text.tsx";
import { type Attempt, AttemptDetail, succeeded } from "./attempt.tsx";
import { useDelivery, useWebhook } from "./queries.ts";
import { DeliveryBadge, webhookName } from "./state.tsx";

type Found = Schemas["Delivery"];

const LIVE_MS = 2_000;

export function Delivery({ webhookId, id }: { webhookId: string; id: string }) {
	const delivery = useDelivery(webhookId, id, LIVE_MS);
	return (
		<PageResult title="Delivery" up={{ path: `/webhooks/${webhookId}`, text: "Webhook" }} query={delivery}>
			{(found) => <Shown delivery={found} />}
		</PageResult>
	);
}

function Shown({ delivery }: { delivery: Found }) {
	const { id, webhookId, event, eventId, status, test, createdAt, nextAttemptAt, attempts, payload } =
		delivery;
	const webhook = useWebhook(webhookId);
	const client = useQueryClient();
	// Once after each attempt: when another is there, the answer was not needed to see it.
	const redeliver = useOnce((_after: number, params) =>
		callApi(
			api.POST("/webhooks/{id}/deliveries/{deliveryId}/redeliver", {
				params: { path: { id: webhookId, deliveryId: id }, ...params },
			}),
		),
	);
	const again = useMutation({
		mutationFn: () => redeliver(attempts.length),
		onSuccess: () => {
			setChosen(null);
			return client.invalidateQueries({ queryKey: ["delivery", webhookId, id] });
		},
	});
	// The latest attempt, unless the reader picked another.
	const [chosen, setChosen] = useState<number | null>(null);
	const attempt = attempts.find(({ number }) => number === chosen) ?? attempts.at(-1);
	const mayWrite = useHasScope("webhooks:write");
	return (
		<>
			<Heading
				title={
					<>
						<span class="mono">{event}</span> <DeliveryBadge status={status} />{" "}
						{test ? <Badge tone="quiet">test</Badge> : null}
					</>
				}
				tab={event}
				up={{ path: `/webhooks/${webhookId}`, text: webhook.data ? webhookName(webhook.data) : "Webhook" }}
				actions={
					mayWrite ? (
						<ActionButton class="primary" busy={again.isPending} onClick={() => again.mutate()}>
							Redeliver
						</ActionButton>
					) : null
				}
			/>
			<ErrorNotice error={again.error} />
			<Section title="Delivery">
				<Facts
					facts={[
						["Created", <Instant at={createdAt} />],
						["Next attempt", <Instant at={nextAttemptAt} none="None planned" />],
						[
							"Id",
							<>
								<code>{id}</code> <CopyButton text={id} />
							</>,
						],
						[
							"Event",
							<a href={href(`/events/feed?type=${event}`)}>
								<code>{eventId}</code>
							</a>,
						],
					]}
				/>
			</Section>
			<Section title={counted(attempts.length, "attempt")} bare>
				{attempt ? (
					<div class="attempts">
						<ol aria-label="Attempts">
							{attempts.map((one) => (
								<li key={one.number}>
									<Step attempt={one} current={one === attempt} onPick={() => setChosen(one.number)} />
								</li>
							))}
						</ol>
						<AttemptDetail attempt={attempt} method={webhook.data?.method ?? "POST"} payload={payload} />
					</div>
				) : (
					<>
						<Empty title="Not attempted yet">
							<p>
								{status === "skipped" ? (
									"The webhook was disabled. Redeliver it, or send again all that was skipped."
								) : status === "cancelled" ? (
									"Before it could be sent, the webhook was deleted or answered 410, or the person was erased."
								) : (
									<Waiting nextAttemptAt={nextAttemptAt} pausedUntil={webhook.data?.pausedUntil ?? null} />
								)}
							</p>
						</Empty>
						<Code name="Request body" value={payload} />
					</>
				)}
			</Section>
		</>
	);
}

/** A delivery that is due later than this is shown as waiting. */
const SOON_MS = 5_000;

/** Why a delivery without attempts waits. */
function Waiting({
	nextAttemptAt,
	pausedUntil,
}: {
	nextAttemptAt: string | null;
	pausedUntil: string | null;
}) {
	const now = useNow();
	if (nextAttemptAt && Date.parse(nextAttemptAt) > now + SOON_MS) {
		return (
			<>
				{pausedUntil ? "It waits, because the webhook is paused after too many failures. " : "It waits. "}
				The next attempt is at <Instant at={nextAttemptAt} />.
				{pausedUntil ? " To send it now, redeliver it, or resume the webhook on its page." : ""}
			</>
		);
	}
	return <>It will be sent in a moment. This page shows it then.</>;
}

function Step({ attempt, current, onPick }: { attempt: Attempt; current: boolean; onPick: () => void }) {
	const { number, at, trigger, statusCode, durationMs, error } = attempt;
	return (
		<button
			type="button"
			class={`step ${succeeded(attempt) ? "good" : "bad"}`}
			aria-current={current ? "step" : undefined}
			onClick={onPick}
		>
			<strong>
				Attempt {number}{" "}
				<span class={succeeded(attempt) ? "ink-good" : "ink-bad"}>{statusCode ?? error}</span>
			</strong>
			<Instant at={at} />
			<span class="soft">
				{formatDuration(durationMs)}
				{trigger === "manual" ? ", sent by hand" : ""}
			</span>
		</button>
	);
}

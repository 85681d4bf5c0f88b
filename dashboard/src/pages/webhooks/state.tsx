// The states of webhooks and deliveries.
import type { Schemas } from "../../api.ts";
import { ActionButton, ErrorNotice } from "../../ui/feedback.tsx";
import { Badge, Instant, type Tone } from "../../ui/text.tsx";
import { useResume } from "./queries.ts";

export type Webhook = Schemas["Webhook"];
type Status = Schemas["DeliverySummary"]["status"];

/** Delivery statuses, in the order in which they occur. */
export const statuses: readonly Status[] = ["pending", "success", "failed", "skipped", "cancelled"];

const tones: Readonly<Record<Status, Tone>> = {
	pending: "waiting",
	success: "good",
	failed: "bad",
	skipped: "quiet",
	cancelled: "quiet",
};

export const DeliveryBadge = ({ status }: { status: Status }) => <Badge tone={tones[status]}>{status}</Badge>;

/** Whether the webhook needs attention. */
export const needsAttention = ({ status, consecutiveFailures, disabledReason }: Webhook) =>
	consecutiveFailures > 0 || (status === "disabled" && disabledReason !== null);

export function WebhookBadge({ webhook }: { webhook: Webhook }) {
	if (webhook.status === "disabled") return <Badge tone="quiet">Disabled</Badge>;
	if (webhook.pausedUntil) return <Badge tone="bad">Paused</Badge>;
	if (webhook.consecutiveFailures > 0) return <Badge tone="bad">Failing</Badge>;
	return webhook.lastDeliveredAt ? (
		<Badge tone="good">Healthy</Badge>
	) : (
		<Badge tone="waiting">Not used yet</Badge>
	);
}

/** The problem of a webhook, what happens next and what can be done; or null. */
export function WebhookProblem({ webhook, mayWrite }: { webhook: Webhook; mayWrite: boolean }) {
	const { id, status, disabledAt, disabledReason, failingSince, pausedUntil, consecutiveFailures } = webhook;
	const resume = useResume(id);
	if (status === "disabled") {
		return (
			<p class="notice">
				Disabled since <Instant at={disabledAt} />
				{disabledReason ? `: ${disabledReason}` : ""}. What happens meanwhile is kept as skipped; after
				enabling it you can send it again.
			</p>
		);
	}
	if (consecutiveFailures === 0 && !pausedUntil) return <ErrorNotice error={resume.error} />;
	return (
		<div class="notice bad">
			<p>
				{consecutiveFailures} {consecutiveFailures === 1 ? "attempt" : "attempts"} in a row failed
				{failingSince ? (
					<>
						, since <Instant at={failingSince} />
					</>
				) : null}
				.{" "}
				{pausedUntil ? (
					<>
						The webhook is paused and its deliveries wait. One of them is tried at{" "}
						<Instant at={pausedUntil} />; when that succeeds, all go out.
					</>
				) : (
					"Each delivery is tried again on its schedule."
				)}
			</p>
			{pausedUntil && mayWrite ? (
				<p>
					<ActionButton busy={resume.isPending} onClick={() => resume.mutate()}>
						Resume now
					</ActionButton>
				</p>
			) : null}
			<ErrorNotice error={resume.error} />
		</div>
	);
}

/** A short name of a webhook. */
export const webhookName = ({ name, url }: Webhook) => name ?? url.replace(/^https?:\/\//, "");

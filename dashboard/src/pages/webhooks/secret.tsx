// Rotates the secret of a webhook, and ends the grace period of the previous one.
import { useQueryClient } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import { api, callApi } from "../../api.ts";
import { useMutation } from "../../mutation.ts";
import { useOnce } from "../../once.ts";
import { Dialog, DialogFooter } from "../../ui/dialog.tsx";
import { ActionButton, ErrorNotice, errorAt } from "../../ui/feedback.tsx";
import { TextField } from "../../ui/field.tsx";
import { Form } from "../../ui/form.tsx";
import { DEFAULT_GRACE, GraceField } from "../../ui/grace-field.tsx";
import { ShownOnce } from "../../ui/shown-once.tsx";
import { Instant } from "../../ui/text.tsx";
import type { Webhook } from "./state.tsx";

export function Secret({ webhook, mayWrite }: { webhook: Webhook; mayWrite: boolean }) {
	const { id, secretPrefix, previousSecretExpiresAt } = webhook;
	const [rotating, setRotating] = useState(false);
	const client = useQueryClient();
	const activate = useMutation({
		mutationFn: () => callApi(api.POST("/webhooks/{id}/activate-secret", { params: { path: { id } } })),
		onSuccess: (saved) => client.setQueryData(["webhook", id], saved),
	});
	const inGrace = previousSecretExpiresAt !== null && Date.parse(previousSecretExpiresAt) > Date.now();
	return (
		<>
			{secretPrefix ? <code>{secretPrefix}…</code> : "None: deliveries are not signed"}{" "}
			{inGrace ? (
				<span class="soft">
					the old secret signs as well, until <Instant at={previousSecretExpiresAt} />{" "}
				</span>
			) : null}
			{mayWrite && inGrace ? (
				<ActionButton class="small" busy={activate.isPending} onClick={() => activate.mutate()}>
					Activate new secret now
				</ActionButton>
			) : null}
			{mayWrite && !inGrace ? (
				<button type="button" class="small" onClick={() => setRotating(true)}>
					Rotate secret
				</button>
			) : null}
			<ErrorNotice error={activate.error} />
			{rotating ? <Rotate id={id} onClose={() => setRotating(false)} /> : null}
		</>
	);
}

function Rotate({ id, onClose }: { id: string; onClose: () => void }) {
	const [grace, setGrace] = useState(DEFAULT_GRACE);
	const [own, setOwn] = useState("");
	const client = useQueryClient();
	const post = useOnce((body: { readonly graceSeconds: number; readonly secret?: string }, params) =>
		callApi(api.POST("/webhooks/{id}/rotate-secret", { params: { path: { id }, ...params }, body })),
	);
	const rotate = useMutation({
		mutationFn: () => post({ graceSeconds: Number(grace), ...(own ? { secret: own } : {}) }),
		onSuccess: () => client.invalidateQueries({ queryKey: ["webhook", id] }),
	});
	const { data } = rotate;
	if (data) {
		return (
			<ShownOnce title="The new secret" name="Secret" value={data.secret} onClose={onClose}>
				Copy it now: it is shown this once.{" "}
				{data.previousSecretExpiresAt ? (
					<>
						Deliveries carry a signature of each secret until <Instant at={data.previousSecretExpiresAt} />,
						so your receiver can change over meanwhile.
					</>
				) : (
					"Deliveries are signed with it from now on."
				)}
			</ShownOnce>
		);
	}
	return (
		<Dialog title="Rotate the secret" onClose={onClose}>
			<Form unsaved={own !== ""} onSubmit={() => rotate.mutate()}>
				<GraceField
					label="The old secret ends"
					value={grace}
					onChange={setGrace}
					hint="Until then both sign each delivery."
					error={errorAt(rotate.error, "graceSeconds")}
				/>
				<TextField
					label="New secret"
					optional
					mono
					value={own}
					onInput={setOwn}
					hint="Made for you when left empty."
					error={errorAt(rotate.error, "secret")}
				/>
				<ErrorNotice error={rotate.error} shown={["graceSeconds", "secret"]} />
				<DialogFooter action="Rotate" busy={rotate.isPending} onClose={onClose} />
			</Form>
		</Dialog>
	);
}

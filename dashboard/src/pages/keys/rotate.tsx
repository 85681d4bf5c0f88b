import { useMutation } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import { api, callApi, type Schemas } from "../../api.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { ActionButton, ErrorNotice } from "../../ui/feedback.tsx";
import { SelectField } from "../../ui/field.tsx";

const graces = [
	{ value: "0", text: "Immediately" },
	{ value: "3600", text: "In an hour" },
	{ value: "86400", text: "In a day" },
	{ value: "604800", text: "In a week" },
];

interface Props {
	readonly of: Schemas["ApiKey"];
	readonly onClose: () => void;
	readonly onMade: (key: Schemas["ApiKeyCreated"]) => unknown;
}

export function RotateKey({ of: { id, name, keyPrefix }, onClose, onMade }: Props) {
	const [grace, setGrace] = useState("86400");
	const rotate = useMutation({
		mutationFn: () =>
			callApi(
				api.POST("/api-keys/{id}/rotate", {
					params: { path: { id } },
					body: { graceSeconds: Number(grace) },
				}),
			),
		onSuccess: onMade,
	});
	return (
		<Dialog title={`Rotate “${name}”`} onClose={onClose}>
			<p>A new key with the same name and scopes takes the place of the old one.</p>
			<SelectField
				label={`${keyPrefix}… ends`}
				value={grace}
				options={graces}
				onChange={setGrace}
				hint="Until then both work, so that nothing fails while you exchange them."
			/>
			<ErrorNotice error={rotate.error} />
			<footer>
				<button type="button" onClick={onClose}>
					Cancel
				</button>
				<ActionButton class="primary" busy={rotate.isPending} onClick={() => rotate.mutate()}>
					Rotate key
				</ActionButton>
			</footer>
		</Dialog>
	);
}

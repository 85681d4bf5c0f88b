import { useState } from "preact/hooks";
import { api, callApi, type Schemas } from "../../api.ts";
import { useMutation } from "../../mutation.ts";
import { useOnce } from "../../once.ts";
import { Dialog, DialogFooter } from "../../ui/dialog.tsx";
import { ErrorNotice } from "../../ui/feedback.tsx";
import { DEFAULT_GRACE, GraceField } from "../../ui/grace-field.tsx";

interface Props {
	readonly of: Schemas["ApiKey"];
	readonly onClose: () => void;
	readonly onMade: (key: Schemas["ApiKeyCreated"]) => unknown;
}

export function RotateKey({ of: { id, name, keyPrefix }, onClose, onMade }: Props) {
	const [grace, setGrace] = useState(DEFAULT_GRACE);
	const post = useOnce((body: { readonly graceSeconds: number }, params) =>
		callApi(api.POST("/api-keys/{id}/rotate", { params: { path: { id }, ...params }, body })),
	);
	const rotate = useMutation({
		mutationFn: () => post({ graceSeconds: Number(grace) }),
		onSuccess: onMade,
	});
	return (
		<Dialog title={`Rotate “${name}”`} onClose={onClose}>
			<p>A new key with the same name and scopes takes the place of the old one.</p>
			<GraceField
				label={`${keyPrefix}… ends`}
				value={grace}
				onChange={setGrace}
				hint="Until then both work, so that nothing fails while you exchange them."
			/>
			<ErrorNotice error={rotate.error} />
			<DialogFooter
				action="Rotate key"
				busy={rotate.isPending}
				onAction={() => rotate.mutate()}
				onClose={onClose}
			/>
		</Dialog>
	);
}

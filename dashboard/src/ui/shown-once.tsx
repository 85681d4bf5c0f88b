// A key or secret that is shown only once.
import type { ComponentChildren } from "preact";
import { unsavedMark } from "../unsaved.ts";
import { Dialog } from "./dialog.tsx";
import { CopyButton } from "./text.tsx";

interface Props {
	readonly title: string;
	/** The accessible name of the value. */
	readonly name: string;
	readonly value: string;
	readonly onClose: () => void;
	readonly children: ComponentChildren;
}

/** A dialog that only its button closes, so that the value is not lost by accident: neither by a key nor by Back. */
export const ShownOnce = ({ title, name, value, onClose, children }: Props) => (
	<Dialog title={title} onClose={onClose} insistent>
		<p>{children}</p>
		<div class="once" {...unsavedMark(true)}>
			<output class="mono" aria-label={name}>
				{value}
			</output>
			<CopyButton text={value} />
		</div>
		<footer>
			<button type="button" class="primary" onClick={onClose}>
				Done
			</button>
		</footer>
	</Dialog>
);

import type { ComponentChildren } from "preact";

interface Props {
	readonly class?: string;
	readonly onSubmit: () => void;
	readonly children: ComponentChildren;
}

/** A form that is submitted by our code, after the browser has checked its fields. */
export const Form = ({ onSubmit, children, ...rest }: Props) => (
	<form
		{...rest}
		onSubmit={(event) => {
			event.preventDefault();
			onSubmit();
		}}
	>
		{children}
	</form>
);

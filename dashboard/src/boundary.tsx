// What is shown in place of a page that fails.
import { Component, type ComponentChildren } from "preact";
import { Heading } from "./ui/layout.tsx";

interface Props {
	/** The address of the page: only there it is shown as failed, until it is loaded again. */
	readonly address: string;
	readonly children: ComponentChildren;
}

interface State {
	readonly failure: { readonly address: string; readonly message: string } | null;
}

/** Shows that a page can't be shown, and leaves everything around it as it is. */
export class Boundary extends Component<Props, State> {
	override state: State = { failure: null };

	override componentDidCatch(error: unknown): void {
		console.error(error);
		const message = error instanceof Error ? error.message : String(error);
		this.setState({ failure: { address: this.props.address, message } });
	}

	render() {
		const { address, children } = this.props;
		const { failure } = this.state;
		if (failure?.address !== address) return children;
		return (
			<>
				<Heading title="This page can’t be shown" />
				<div class="failure" role="alert">
					<p>
						Something in it is not as the dashboard expects. What is stored has not changed; the other pages
						work.
					</p>
					<p>
						If it goes on, report this: <code>{failure.message}</code>
					</p>
					<button type="button" onClick={() => location.reload()}>
						Reload
					</button>
				</div>
			</>
		);
	}
}

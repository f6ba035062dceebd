import { Component, type ErrorInfo, type ReactNode } from "react";
import { ProblemBox } from "../parts/ProblemBox";

interface BoundaryProps {
  /** Another value, the path for example, tries again. */
  on: string;
  children: ReactNode;
}

interface BoundaryState {
  error: unknown;
  on: string;
}

/** Boundary shows a fault of a page in its place, so that the rest of the console stays. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { error: null, on: this.props.on };

  static getDerivedStateFromError(error: unknown): Partial<BoundaryState> {
    return { error };
  }

  static getDerivedStateFromProps(props: BoundaryProps, state: BoundaryState): Partial<BoundaryState> | null {
    return props.on === state.on ? null : { error: null, on: props.on };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    console.error(error, info.componentStack);
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return <ProblemBox error={this.state.error} onRetry={() => window.location.reload()} testId="fault" />;
  }
}

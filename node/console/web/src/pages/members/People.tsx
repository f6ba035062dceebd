import type { ReactElement } from "react";
import { useSession } from "../../app/session";
import { One } from "./One";

/** People is the own member: its people, their keys and its dual control. */
export default function People(): ReactElement {
  const { member } = useSession();
  return <One id={member.id} />;
}

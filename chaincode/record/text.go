package record

import (
	"encoding/json"
	"fmt"
	"slices"
)

// The text forms of enumerations: what JSON, the command line and the console
// show. Position i holds the name of value i+1.
//
//nolint:gochecknoglobals // read-only tables
var (
	classNames             = []string{"public-body", "large", "medium", "small", "micro"}
	roleNames              = []string{"debtor", "holder", "funder", "guarantor", "operator", "auditor"}
	memberStateNames       = []string{"active", "suspended"}
	personRoleNames        = []string{"maker", "checker", "admin", "reviewer"}
	accountStateNames      = []string{"proposed", "confirmed", "closed"}
	quorumNames            = []string{"checker", "admins", "institution", "counterparty", "banks"}
	proposalStateNames     = []string{"open", "executed", "failed", "refused", "withdrawn", "lapsed"}
	verificationKindNames  = []string{"tax-check", "paper-check"}
	certificateStateNames  = []string{"issued", "active", "rejected", "withdrawn", "lapsed", "void"}
	lockKindNames          = []string{"proposal", "offer", "financing", "disbursing", "pledge", "freeze", "clearing", "recourse", "returned"}
	transferStateNames     = []string{"offered", "accepted", "rejected", "withdrawn", "lapsed"}
	pledgeStateNames       = []string{"active", "released"}
	orderKindNames         = []string{"freeze", "judicial-transfer", "succession"}
	orderStateNames        = []string{"in-force", "lifted", "done"}
	confirmationStateNames = []string{"open", "given", "refused", "overdue"}
	moveKindNames          = []string{"issue", "transfer", "judicial", "succession", "sale", "resale", "buy-back", "redeem", "recourse", "unredeem"}
	noticeKindNames        = []string{
		"certificate.issued", "certificate.accepted", "certificate.rejected", "certificate.withdrawn",
		"certificate.lapsed", "certificate.voided", "transfer.offered", "transfer.accepted",
		"transfer.rejected", "transfer.withdrawn", "transfer.lapsed", "holding.split", "holding.merged",
		"pledge.made", "pledge.released", "freeze.made", "freeze.lifted", "ownership.ordered",
		"confirmation.asked", "confirmation.answered", "confirmation.escalated", "proposal.made",
		"proposal.approved", "proposal.decided", "invoice.recorded", "invoice.verified",
		"invoice.red-letter", "line.changed", "member.enrolled", "member.changed", "credential.changed",
		"account.changed", "pack.adopted", "debtor-stop.changed", "validator.changed",
		"group.changed", "contract.recorded", "delivery.recorded", "limit.changed", "rate.changed",
		"discount.changed", "financing.requested", "quote.made", "quote.ended", "financing.agreed",
		"financing.consent", "financing.cancelled", "financing.lapsed", "financing.disbursed",
		"financing.unpaid", "financing.ended", "settlement.agreed", "settlement.instructed",
		"settlement.accepted", "settlement.settled", "settlement.unpaid", "settlement.disputed",
		"settlement.ended", "settlement.stale", "registration.recorded", "registration.due",
		"holding.redeemed", "freeze.reduced", "run.opened", "funds.confirmed", "funds.short", "run.divided",
		"run.closed", "payment.near", "leg.returned", "debt.overdue", "extension.offered", "extension.consent",
		"extension.made", "extension.ended", "interest.waived", "payment.exceeded", "payee.changed", "alert.answered",
	}
	financingKindNames    = []string{"sale-with-recourse", "sale-without-recourse", "pledge"}
	interestModeNames     = []string{"prepaid", "at-maturity"}
	financingStateNames   = []string{"requested", "agreed", "disbursed", "ended", "cancelled", "lapsed", "unpaid"}
	limitKindNames        = []string{"debtor", "supplier"}
	quoteStateNames       = []string{"sealed", "chosen", "lost", "expired", "withdrawn"}
	registrationKindNames = []string{"search", "initial", "change", "cancel"}
	purposeNames          = []string{
		"financing", "resale", "buy-back", "repayment", "discount", "outside", "debtor-share", "guarantee-fee",
		"clearing", "recourse", "guarantee", "late-interest", "refund",
	}
	effectNames          = []string{"move", "redeem", "pledge", "acquit", "subrogate"}
	settlementStateNames = []string{
		"open", "agreed", "instructed", "accepted", "settled", "unpaid", "cancelled", "lapsed", "returned",
	}
	runStateNames     = []string{"open", "dividing", "closed"}
	waiverReasonNames = []string{"goodwill", "composition", "dispute", "bank-delay", "trifle"}
	alertStateNames   = []string{"open", "explained", "closed"}
)

func name[T ~uint8 | ~uint16](names []string, v T) string {
	if v == 0 || int(v) > len(names) {
		return ""
	}
	return names[v-1]
}

func parseName[T ~uint8 | ~uint16](what string, names []string, text []byte, v *T) error {
	i := slices.Index(names, string(text))
	if i < 0 {
		return fmt.Errorf("%q is not a %s", text, what)
	}
	*v = T(i + 1)
	return nil
}

// String is the text form, empty for no value.
func (c Class) String() string { return name(classNames, c) }

// MarshalText writes the text form.
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads the text form.
func (c *Class) UnmarshalText(text []byte) error { return parseName("class", classNames, text, c) }

// String is the text form, empty for no value.
func (s MemberState) String() string { return name(memberStateNames, s) }

// MarshalText writes the text form.
func (s MemberState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the text form.
func (s *MemberState) UnmarshalText(text []byte) error {
	return parseName("member state", memberStateNames, text, s)
}

// String is the text form, empty for no value.
func (s AccountState) String() string { return name(accountStateNames, s) }

// MarshalText writes the text form.
func (s AccountState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the text form.
func (s *AccountState) UnmarshalText(text []byte) error {
	return parseName("account state", accountStateNames, text, s)
}

// String is the text form, empty for no value.
func (q Quorum) String() string { return name(quorumNames, q) }

// MarshalText writes the text form.
func (q Quorum) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalText reads the text form.
func (q *Quorum) UnmarshalText(text []byte) error { return parseName("quorum", quorumNames, text, q) }

// String is the text form, empty for no value.
func (s ProposalState) String() string { return name(proposalStateNames, s) }

// MarshalText writes the text form.
func (s ProposalState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the text form.
func (s *ProposalState) UnmarshalText(text []byte) error {
	return parseName("proposal state", proposalStateNames, text, s)
}

// String is the text form, empty for no value.
func (k VerificationKind) String() string { return name(verificationKindNames, k) }

// MarshalText writes the text form.
func (k VerificationKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads the text form.
func (k *VerificationKind) UnmarshalText(text []byte) error {
	return parseName("kind of verification", verificationKindNames, text, k)
}

// String is the text form, empty for no value.
func (s CertificateState) String() string { return name(certificateStateNames, s) }

// MarshalText writes the text form.
func (s CertificateState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the text form.
func (s *CertificateState) UnmarshalText(text []byte) error {
	return parseName("certificate state", certificateStateNames, text, s)
}

// String is the text form, empty for no value.
func (k LockKind) String() string { return name(lockKindNames, k) }

// MarshalText writes the text form.
func (k LockKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads the text form.
func (k *LockKind) UnmarshalText(text []byte) error {
	return parseName("kind of lock", lockKindNames, text, k)
}

// String is the text form, empty for no value.
func (s TransferState) String() string { return name(transferStateNames, s) }

// MarshalText writes the text form.
func (s TransferState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the text form.
func (s *TransferState) UnmarshalText(text []byte) error {
	return parseName("transfer state", transferStateNames, text, s)
}

// String is the text form, empty for no value.
func (s PledgeState) String() string { return name(pledgeStateNames, s) }

// MarshalText writes the text form.
func (s PledgeState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the text form.
func (s *PledgeState) UnmarshalText(text []byte) error {
	return parseName("pledge state", pledgeStateNames, text, s)
}

// String is the text form, empty for no value.
func (k OrderKind) String() string { return name(orderKindNames, k) }

// MarshalText writes the text form.
func (k OrderKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads the text form.
func (k *OrderKind) UnmarshalText(text []byte) error {
	return parseName("kind of order", orderKindNames, text, k)
}

// String is the text form, empty for no value.
func (s OrderState) String() string { return name(orderStateNames, s) }

// MarshalText writes the text form.
func (s OrderState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the text form.
func (s *OrderState) UnmarshalText(text []byte) error {
	return parseName("order state", orderStateNames, text, s)
}

// String is the text form, empty for no value.
func (s ConfirmationState) String() string { return name(confirmationStateNames, s) }

// MarshalText writes the text form.
func (s ConfirmationState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the text form.
func (s *ConfirmationState) UnmarshalText(text []byte) error {
	return parseName("confirmation state", confirmationStateNames, text, s)
}

// String is the text form, empty for no value.
func (k MoveKind) String() string { return name(moveKindNames, k) }

// MarshalText writes the text form.
func (k MoveKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads the text form.
func (k *MoveKind) UnmarshalText(text []byte) error {
	return parseName("kind of move", moveKindNames, text, k)
}

// String is the text form, empty for no value.
func (k NoticeKind) String() string { return name(noticeKindNames, k) }

// MarshalText writes the text form.
func (k NoticeKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads the text form.
func (k *NoticeKind) UnmarshalText(text []byte) error {
	return parseName("kind of notice", noticeKindNames, text, k)
}

// String is the text form, empty for no value.
func (f FinancingKind) String() string { return name(financingKindNames, f) }

// MarshalText writes the text form.
func (f FinancingKind) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads the text form.
func (f *FinancingKind) UnmarshalText(text []byte) error {
	return parseName("kind of financing", financingKindNames, text, f)
}

// String is the text form, empty for no value.
func (i InterestMode) String() string { return name(interestModeNames, i) }

// MarshalText writes the text form.
func (i InterestMode) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads the text form.
func (i *InterestMode) UnmarshalText(text []byte) error {
	return parseName("mode of interest", interestModeNames, text, i)
}

// String is the text form, empty for no value.
func (f FinancingState) String() string { return name(financingStateNames, f) }

// MarshalText writes the text form.
func (f FinancingState) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads the text form.
func (f *FinancingState) UnmarshalText(text []byte) error {
	return parseName("financing state", financingStateNames, text, f)
}

// String is the text form, empty for no value.
func (l LimitKind) String() string { return name(limitKindNames, l) }

// MarshalText writes the text form.
func (l LimitKind) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads the text form.
func (l *LimitKind) UnmarshalText(text []byte) error {
	return parseName("kind of limit", limitKindNames, text, l)
}

// String is the text form, empty for no value.
func (q QuoteState) String() string { return name(quoteStateNames, q) }

// MarshalText writes the text form.
func (q QuoteState) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalText reads the text form.
func (q *QuoteState) UnmarshalText(text []byte) error {
	return parseName("quote state", quoteStateNames, text, q)
}

// String is the text form, empty for no value.
func (r RegistrationKind) String() string { return name(registrationKindNames, r) }

// MarshalText writes the text form.
func (r RegistrationKind) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the text form.
func (r *RegistrationKind) UnmarshalText(text []byte) error {
	return parseName("kind of registration", registrationKindNames, text, r)
}

// String is the text form, empty for no value.
func (p Purpose) String() string { return name(purposeNames, p) }

// MarshalText writes the text form.
func (p Purpose) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the text form.
func (p *Purpose) UnmarshalText(text []byte) error {
	return parseName("purpose of a settlement", purposeNames, text, p)
}

// String is the text form, empty for no value.
func (e Effect) String() string { return name(effectNames, e) }

// MarshalText writes the text form.
func (e Effect) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads the text form.
func (e *Effect) UnmarshalText(text []byte) error { return parseName("effect", effectNames, text, e) }

// String is the text form, empty for no value.
func (s SettlementState) String() string { return name(settlementStateNames, s) }

// MarshalText writes the text form.
func (s SettlementState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the text form.
func (s *SettlementState) UnmarshalText(text []byte) error {
	return parseName("settlement state", settlementStateNames, text, s)
}

// Names lists the roles in the set.
func (r Roles) Names() []string { return setNames(roleNames, r) }

// MarshalJSON writes the set as a list of names.
func (r Roles) MarshalJSON() ([]byte, error) { return json.Marshal(r.Names()) }

// UnmarshalJSON reads a list of names; an unknown or repeated one is an error.
func (r *Roles) UnmarshalJSON(data []byte) error { return parseSet("role", roleNames, data, r) }

// Names lists the roles in the set.
func (r PersonRoles) Names() []string { return setNames(personRoleNames, r) }

// MarshalJSON writes the set as a list of names.
func (r PersonRoles) MarshalJSON() ([]byte, error) { return json.Marshal(r.Names()) }

// UnmarshalJSON reads a list of names; an unknown or repeated one is an error.
func (r *PersonRoles) UnmarshalJSON(data []byte) error {
	return parseSet("role of a person", personRoleNames, data, r)
}

func setNames[T ~uint16](names []string, set T) []string {
	list := []string{}
	for i, n := range names {
		if set&(1<<i) != 0 {
			list = append(list, n)
		}
	}
	return list
}

func parseSet[T ~uint16](what string, names []string, data []byte, set *T) error {
	var list []string
	if err := json.Unmarshal(data, &list); err != nil {
		return fmt.Errorf("a set of %ss is a list of names", what)
	}
	*set = 0
	for _, n := range list {
		i := slices.Index(names, n)
		if i < 0 {
			return fmt.Errorf("%q is not a %s", n, what)
		}
		if *set&(1<<i) != 0 {
			return fmt.Errorf("%s %q is given twice", what, n)
		}
		*set |= 1 << i
	}
	return nil
}

// String is the text form, empty for no value.
func (s RunState) String() string { return name(runStateNames, s) }

// MarshalText writes the text form.
func (s RunState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the text form.
func (s *RunState) UnmarshalText(text []byte) error {
	return parseName("state of a run", runStateNames, text, s)
}

// String is the text form, empty for no value.
func (r WaiverReason) String() string { return name(waiverReasonNames, r) }

// MarshalText writes the text form.
func (r WaiverReason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the text form.
func (r *WaiverReason) UnmarshalText(text []byte) error {
	return parseName("reason of a waiver", waiverReasonNames, text, r)
}

// String is the text form, empty for no value.
func (s AlertState) String() string { return name(alertStateNames, s) }

// MarshalText writes the text form.
func (s AlertState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the text form.
func (s *AlertState) UnmarshalText(text []byte) error {
	return parseName("state of an alert", alertStateNames, text, s)
}

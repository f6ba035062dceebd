package record

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
)

// Key is the state key of a record of type T. The first two segments of a key
// are its group: all records of one certificate share a group and so lie
// together in the state tree, where one proof can show that all are present.
type Key[T any] string

// Prefixes of the key layout. Numbers inside keys are padded so that the order
// of keys is the order of numbers.
const (
	prefixCertificate  = "certificate/" // certificate/<number>, .../holding/<id>, .../review
	prefixMember       = "member/"      // member/<code>, .../account/<id>, .../policy
	prefixCredential   = "credential/"
	prefixValidator    = "validator/"
	prefixProposal     = "proposal/"
	prefixTransfer     = "transfer/"
	prefixPledge       = "pledge/"
	prefixOrder        = "order/"
	prefixConfirmation = "confirmation/"
	prefixLine         = "line/"  // line/<bank>/<id>
	prefixGroup        = "group/" // group/<bank>/<id>
	prefixSlot         = "slot/"  // slot/<bank>/<debtor>/<group>: the one line there
	prefixInvoice      = "invoice/"
	prefixContract     = "contract/"
	prefixDelivery     = "delivery/"
	prefixReference    = "reference/" // reference/<debtor>/<SHA-256 of the payment reference>
	prefixDue          = "due/"       // due/<instant>/<kind>/<id>: what time will end
	prefixPack         = "pack/"
	prefixStop         = "stop/"  // stop/<debtor>/<bank>
	prefixMaker        = "maker/" // maker/<credential>/<proposal>: open proposals of one maker
	prefixFinancing    = "financing/"
	prefixQuote        = "quote/"    // quote/<financing>/<bank>
	prefixRate         = "rate/"     // rate/<bank>/<id>: posted rates
	prefixDiscount     = "discount/" // discount/<debtor>/<id>
	prefixLimit        = "limit/"    // limit/<bank>/<kind>/<member>
	prefixSettlement   = "settlement/"
	prefixAdvice       = "advice/"       // advice/<bank>/<SHA-256 of the bank's reference>
	prefixRegistration = "registration/" // registration/<financing>/<sequence>
	prefixRun          = "run/"          // run/<id>
	prefixRound        = "round/"        // round/<run>/<number>
	prefixEntry        = "entry/"        // entry/<run>/<certificate>: which certificates a run clears
	prefixUnpaid       = "unpaid/"       // unpaid/<debtor>/<yyyymmdd>: runs of which something is owed
	prefixExtension    = "extension/"
	prefixWaiver       = "waiver/"
	prefixAlert        = "alert/" // alert/<id>/<number>: answers
	keySettings        = "settings/network"
)

// CertificateKey locates a certificate by its number.
func CertificateKey(number string) Key[Certificate] {
	return Key[Certificate](prefixCertificate + number)
}

// CertificatesPrefix starts the keys of the certificates whose number begins so, with their
// holdings and reviews. A number begins with its debtor's code and its day, yyyymmdd.
func CertificatesPrefix(number string) string { return prefixCertificate + number }

// HoldingKey locates one holding of a certificate.
func HoldingKey(certificate string, id uint32) Key[Holding] {
	return Key[Holding](fmt.Sprintf("%s%08d", HoldingsPrefix(certificate), id))
}

// HoldingsPrefix starts the keys of all holdings of a certificate.
func HoldingsPrefix(certificate string) string {
	return prefixCertificate + certificate + "/holding/"
}

// ReviewKey locates the reviewing bank's signature on a long term.
func ReviewKey(certificate string) Key[Review] {
	return Key[Review](prefixCertificate + certificate + "/review")
}

// MemberKey locates a member by its social credit code.
func MemberKey(id string) Key[Member] { return Key[Member](prefixMember + id) }

// MembersPrefix starts the keys of all members (and of their accounts and policies).
func MembersPrefix() string { return prefixMember }

// AccountKey locates a member's bank account.
func AccountKey(member, id string) Key[Account] {
	return Key[Account](prefixMember + member + "/account/" + id)
}

// AccountsPrefix starts the keys of a member's bank accounts.
func AccountsPrefix(member string) string { return prefixMember + member + "/account/" }

// PayeeKey locates the account that a member has chosen for its clearings.
func PayeeKey(member string) Key[PayeeChoice] {
	return Key[PayeeChoice](prefixMember + member + "/payee")
}

// PolicyKey locates a member's approval policy.
func PolicyKey(member string) Key[Policy] { return Key[Policy](prefixMember + member + "/policy") }

// CredentialKey locates a credential by the SHA-256 of its public key.
func CredentialKey(id Digest) Key[Credential] {
	return Key[Credential](prefixCredential + id.String())
}

// CredentialsPrefix starts the keys of all credentials.
func CredentialsPrefix() string { return prefixCredential }

// MemberCredentialKey marks that a member has a credential, so that a member's
// credentials can be listed.
func MemberCredentialKey(member string, id Digest) Key[Marker] {
	return Key[Marker](prefixMember + member + "/credential/" + id.String())
}

// MemberCredentialsPrefix starts the marks of a member's credentials.
func MemberCredentialsPrefix(member string) string { return prefixMember + member + "/credential/" }

// ValidatorKey locates a bank's validator node.
func ValidatorKey(bank string) Key[Validator] { return Key[Validator](prefixValidator + bank) }

// ValidatorsPrefix starts the keys of all validators.
func ValidatorsPrefix() string { return prefixValidator }

// ProposalKey locates a proposal.
func ProposalKey(id string) Key[Proposal] { return Key[Proposal](prefixProposal + id) }

// MakerProposalKey marks that a proposal of this credential is open, so that
// revoking the credential finds it.
func MakerProposalKey(maker Digest, proposal string) Key[Marker] {
	return Key[Marker](MakerProposalsPrefix(maker) + proposal)
}

// MakerProposalsPrefix starts the marks of a credential's open proposals.
func MakerProposalsPrefix(maker Digest) string { return prefixMaker + maker.String() + "/" }

// TransferKey locates a transfer.
func TransferKey(id string) Key[Transfer] { return Key[Transfer](prefixTransfer + id) }

// PledgeKey locates a pledge.
func PledgeKey(id string) Key[Pledge] { return Key[Pledge](prefixPledge + id) }

// OrderKey locates an order of a court or regulator.
func OrderKey(id string) Key[Order] { return Key[Order](prefixOrder + id) }

// ConfirmationKey locates a request to confirm a debt.
func ConfirmationKey(id string) Key[Confirmation] { return Key[Confirmation](prefixConfirmation + id) }

// LineKey locates a bank's credit line.
func LineKey(bank, id string) Key[Line] { return Key[Line](prefixLine + bank + "/" + id) }

// LinesPrefix starts the keys of credit lines: all, or one bank's.
func LinesPrefix(bank string) string { return ofMember(prefixLine, bank) }

// SlotKey locates the one line that a bank gives a debtor within a group; an
// empty group is that of lines outside all groups.
func SlotKey(bank, debtor, group string) Key[Slot] {
	return Key[Slot](prefixSlot + bank + "/" + debtor + "/" + group)
}

// GroupKey locates a bank's group cap.
func GroupKey(bank, id string) Key[Group] { return Key[Group](prefixGroup + bank + "/" + id) }

// GroupsPrefix starts the keys of group caps: all, or one bank's.
func GroupsPrefix(bank string) string { return ofMember(prefixGroup, bank) }

// InvoiceKey locates an invoice by its keyed fingerprint.
func InvoiceKey(fingerprint Digest) Key[Invoice] {
	return Key[Invoice](prefixInvoice + fingerprint.String())
}

// InvoicesPrefix starts the keys of all invoices.
func InvoicesPrefix() string { return prefixInvoice }

// ContractKey locates a trade contract.
func ContractKey(id string) Key[TradeContract] { return Key[TradeContract](prefixContract + id) }

// DeliveryKey locates a delivery.
func DeliveryKey(id string) Key[Delivery] { return Key[Delivery](prefixDelivery + id) }

// ReferenceKey locates the use of a debtor's payment reference.
func ReferenceKey(debtor, reference string) Key[Reference] {
	return Key[Reference](prefixReference + debtor + "/" + Digest(sha256.Sum256([]byte(reference))).String())
}

// FinancingKey locates a financing.
func FinancingKey(id string) Key[Financing] { return Key[Financing](prefixFinancing + id) }

// FinancingsPrefix starts the keys of all financings.
func FinancingsPrefix() string { return prefixFinancing }

// QuoteKey locates a bank's quote for a financing.
func QuoteKey(financing, bank string) Key[Quote] { return Key[Quote](QuotesPrefix(financing) + bank) }

// QuotesPrefix starts the keys of all quotes for a financing.
func QuotesPrefix(financing string) string { return prefixQuote + financing + "/" }

// RateKey locates a bank's posted rate.
func RateKey(bank, id string) Key[PostedRate] { return Key[PostedRate](prefixRate + bank + "/" + id) }

// RatesPrefix starts the keys of posted rates: all, or one bank's.
func RatesPrefix(bank string) string { return ofMember(prefixRate, bank) }

// DiscountKey locates a debtor's offer to pay early.
func DiscountKey(debtor, id string) Key[DiscountOffer] {
	return Key[DiscountOffer](prefixDiscount + debtor + "/" + id)
}

// DiscountsPrefix starts the keys of offers to pay early: all, or one debtor's.
func DiscountsPrefix(debtor string) string { return ofMember(prefixDiscount, debtor) }

// LimitKey locates a bank's limit on a member.
func LimitKey(bank string, of LimitKind, member string) Key[Limit] {
	return Key[Limit](prefixLimit + bank + "/" + of.String() + "/" + member)
}

// LimitsPrefix starts the keys of limits: all, or one bank's.
func LimitsPrefix(bank string) string { return ofMember(prefixLimit, bank) }

// SettlementKey locates a settlement.
func SettlementKey(id string) Key[Settlement] { return Key[Settlement](prefixSettlement + id) }

// SettlementsPrefix starts the keys of all settlements.
func SettlementsPrefix() string { return prefixSettlement }

// AdviceKey locates a bank's advice by the bank's own reference.
func AdviceKey(bank, reference string) Key[Advice] {
	return Key[Advice](prefixAdvice + bank + "/" + Digest(sha256.Sum256([]byte(reference))).String())
}

// RegistrationKey locates one entry in the registry about a financing.
func RegistrationKey(financing string, sequence uint32) Key[Registration] {
	return Key[Registration](fmt.Sprintf("%s%06d", RegistrationsPrefix(financing), sequence))
}

// RegistrationsPrefix starts the keys of all entries about a financing.
func RegistrationsPrefix(financing string) string { return prefixRegistration + financing + "/" }

// ofMember starts all keys under a prefix, or those of one member.
func ofMember(prefix, member string) string {
	if member == "" {
		return prefix
	}
	return prefix + member + "/"
}

// DueKey locates what lapses at an instant. Keys sort by instant.
func DueKey(at calendar.Instant, kind DueKind, id string) Key[Due] {
	return Key[Due](fmt.Sprintf("%s%015d/%02d/%s", prefixDue, int64(at), kind, id))
}

// DuePrefix starts the queue of what lapses; DueEnd(at) ends the part due by at.
func DuePrefix() string { return prefixDue }

// DueEnd is the first key that is not due at the instant.
func DueEnd(at calendar.Instant) string { return fmt.Sprintf("%s%015d", prefixDue, int64(at)+1) }

// DueClearingsPrefix starts the entries of a debtor's certificates that enter a run at
// an instant: a certificate's number begins with its debtor's code.
func DueClearingsPrefix(at calendar.Instant, debtor string) string {
	return string(DueKey(at, DueClearing, debtor))
}

// PackKey locates a rule pack by its ordinal.
func PackKey(ordinal uint32) Key[Pack] { return Key[Pack](fmt.Sprintf("%s%08d", prefixPack, ordinal)) }

// PacksPrefix starts the keys of all rule packs, in order.
func PacksPrefix() string { return prefixPack }

// StopKey locates a bank's attestation that stops a debtor from issuing.
func StopKey(debtor, bank string) Key[Stop] { return Key[Stop](StopsPrefix(debtor) + bank) }

// StopsPrefix starts the keys of all banks' attestations: all, or those about one debtor.
func StopsPrefix(debtor string) string { return ofMember(prefixStop, debtor) }

// SettingsKey locates the network's settings.
func SettingsKey() Key[Settings] { return keySettings }

// RunID names the run of a debtor and a payment date.
func RunID(debtor string, payment calendar.Date) string { return debtor + "-" + payment.Compact() }

// ParseRunID is the inverse of RunID; ok is false when the text is no run's.
func ParseRunID(id string) (debtor string, payment calendar.Date, ok bool) {
	debtor, day, ok := strings.Cut(id, "-")
	if !ok {
		return "", 0, false
	}
	payment, err := calendar.ParseCompact(day)
	return debtor, payment, err == nil
}

// RunKey locates a run.
func RunKey(id string) Key[Run] { return Key[Run](prefixRun + id) }

// RunsPrefix starts the keys of runs: all, or one debtor's.
func RunsPrefix(debtor string) string {
	if debtor == "" {
		return prefixRun
	}
	return prefixRun + debtor + "-"
}

// RoundKey locates a round of a run.
func RoundKey(run string, number uint32) Key[Round] {
	return Key[Round](fmt.Sprintf("%s%06d", RoundsPrefix(run), number))
}

// RoundsPrefix starts the keys of a run's rounds.
func RoundsPrefix(run string) string { return prefixRound + run + "/" }

// EntryKey marks that a certificate has fen in a run.
func EntryKey(run, certificate string) Key[Marker] {
	return Key[Marker](EntriesPrefix(run) + certificate)
}

// EntriesPrefix starts the marks of a run's certificates.
func EntriesPrefix(run string) string { return prefixEntry + run + "/" }

// UnpaidKey marks that something of a debtor's run is owed.
func UnpaidKey(debtor string, payment calendar.Date) Key[Marker] {
	return Key[Marker](UnpaidPrefix(debtor) + payment.Compact())
}

// UnpaidPrefix starts the marks of a debtor's runs of which something is owed, in
// order of the payment date.
func UnpaidPrefix(debtor string) string { return prefixUnpaid + debtor + "/" }

// ExtensionKey locates a debtor's offer to pay later.
func ExtensionKey(id string) Key[Extension] { return Key[Extension](prefixExtension + id) }

// ExtensionsPrefix starts the keys of all offers to pay later.
func ExtensionsPrefix() string { return prefixExtension }

// WaiverKey locates a waiver of late interest.
func WaiverKey(id string) Key[Waiver] { return Key[Waiver](prefixWaiver + id) }

// WaiversPrefix starts the keys of all waivers.
func WaiversPrefix() string { return prefixWaiver }

// AlertKey locates an answer to an alert.
func AlertKey(alert Digest, number uint32) Key[AlertAnswer] {
	return Key[AlertAnswer](fmt.Sprintf("%s%06d", AlertsPrefix(alert), number))
}

// AlertsPrefix starts the keys of the answers to an alert; with a zero digest, of all
// answers.
func AlertsPrefix(alert Digest) string {
	if alert.IsZero() {
		return prefixAlert
	}
	return prefixAlert + alert.String() + "/"
}

// PrefixEnd is the first key after all keys that start with prefix.
func PrefixEnd(prefix string) string {
	if prefix == "" {
		return ""
	}
	return prefix[:len(prefix)-1] + string(prefix[len(prefix)-1]+1)
}

// KindOf is the first segment of a state key: certificate, member, line ...
func KindOf(key string) string {
	kind, _, _ := strings.Cut(key, "/")
	return kind
}

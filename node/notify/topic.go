package notify

import (
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/access"
)

// Topic is what a message to a person is about.
type Topic string

// Topics of messages.
const (
	Offer    Topic = "offer"    // a transfer waits to be accepted
	Accept   Topic = "accept"   // a certificate waits to be accepted
	Quote    Topic = "quote"    // a bank quoted
	Request  Topic = "request"  // a bank is asked for a quote
	Approval Topic = "approval" // a proposal waits for a checker
	Maturity Topic = "maturity" // a payment is due in five days, and tomorrow
	Failed   Topic = "failed"   // a payment came back or failed
	Overdue  Topic = "overdue"  // a debt is overdue
	Lapse    Topic = "lapse"    // what waited has lapsed
	Account  Topic = "account"  // the account to which a member is paid changed
)

// Topics are all topics.
func Topics() []Topic {
	return []Topic{Offer, Accept, Quote, Request, Approval, Maturity, Failed, Overdue, Lapse, Account}
}

// topicOf is what a person is told of an event, empty for nothing.
func topicOf(e *access.Event) Topic {
	switch e.Kind {
	case record.TransferWasOffered:
		return when(e.Opens, Offer)
	case record.CertificateIssued:
		return when(e.Opens, Accept)
	case record.QuoteWasMade:
		return when(e.Opens, Quote)
	case record.FinancingWasRequested:
		return when(e.Opens, Request)
	case record.ProposalMade:
		return when(e.Opens, Approval)
	case record.SettlementWasUnpaid, record.LegReturned, record.FinancingWasUnpaid:
		return Failed
	case record.DebtIsOverdue:
		return Overdue
	case record.TransferHasLapsed, record.CertificateLapsed, record.FinancingHasLapsed:
		return Lapse
	case record.PayeeChanged:
		return Account
	default:
		return ""
	}
}

func when(so bool, t Topic) Topic {
	if so {
		return t
	}
	return ""
}

// page is where the console shows the subject of an event, for the fragment of a link.
func page(e *access.Event) string {
	switch e.Kind {
	case record.TransferWasOffered, record.TransferHasLapsed:
		return "transfers/" + e.Subject
	case record.CertificateIssued, record.CertificateLapsed:
		return "certificates/" + e.Subject
	case record.QuoteWasMade, record.FinancingWasRequested, record.FinancingHasLapsed, record.FinancingWasUnpaid:
		return "finance/" + e.Subject
	case record.ProposalMade:
		return "approvals/" + e.Subject
	case record.DebtIsOverdue:
		return "clearing/" + e.Subject
	default:
		return ""
	}
}

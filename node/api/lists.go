package api

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
	"github.com/tierledger/tierledger/node/access"
)

// class is a kind of records that are listed by the members whom they concern.
type class[T any] struct {
	of     view.Class
	prefix string // of their state keys
	find   func(*access.Reader, string) (*T, error)
}

// Concerned is whom the records of a list concern, as a query parameter.
type Concerned struct {
	Member string `query:"member" maxLength:"18" doc:"Whom they concern; you when left out, everybody for those who see all"`
}

// concerning lists the records of a class that concern a member, those that it learnt of
// last first, and to those who see all and name nobody all of them in order of id. The
// class finds a record as the viewer may see it; keep says which are wanted.
func concerning[T any](r *reading, c class[T], member string, cut Cut, keep func(*T) bool) (view.Page[T], error) {
	member, err := r.Concerning(member)
	if err != nil {
		return view.Page[T]{}, err
	}
	if member == "" {
		const segments = 2 // transfer/<id>
		return pageOfState(r.State, c.prefix, segments, cut, keep)
	}
	show := func(id string) (*T, error) {
		v, err := c.find(&r.Reader, id)
		switch {
		case code.NotAuthorised.Is(err), code.NotFound.Is(err):
			return nil, nil
		case err != nil || !keep(v):
			return nil, err
		default:
			return v, nil
		}
	}
	return shownAs(cut.view(), show, func(next view.Cut) (view.Page[string], error) {
		return view.Subjects(r.View, member, c.of, next)
	})
}

// whom is of whom a list is: whoever is named, else the viewer.
func (r *reading) whom(member string) string {
	if member == "" {
		return r.Member.ID
	}
	return member
}

type transfersInput struct {
	Concerned
	Direction string `query:"direction" enum:"sent,received,any" default:"any" doc:"Of the member named, else of you"`
	State     string `query:"state" enum:"offered,accepted,rejected,withdrawn,lapsed" doc:"All when left out"`
	Cut
}

func (s *Server) transfers(r *reading, in *transfersInput) (view.Page[record.Transfer], error) {
	var state record.TransferState
	if err := named(&state, in.State); err != nil {
		return view.Page[record.Transfer]{}, err
	}
	whose := r.whom(in.Member)
	c := class[record.Transfer]{view.Transfers, string(record.TransferKey("")), (*access.Reader).Transfer}
	return concerning(r, c, in.Member, in.Cut, func(t *record.Transfer) bool {
		switch {
		case state != 0 && t.State != state:
			return false
		case in.Direction == "sent":
			return t.From == whose
		case in.Direction == "received":
			return t.To == whose
		default:
			return true
		}
	})
}

type proposalsInput struct {
	Concerned
	State    string `query:"state" enum:"open,executed,failed,refused,withdrawn,lapsed" doc:"All when left out"`
	Function string `query:"function" maxLength:"64" example:"certificate:Issue"`
	Cut
}

// proposals lists proposals without their arguments, which may be long.
func (s *Server) proposals(r *reading, in *proposalsInput) (view.Page[proposal], error) {
	var state record.ProposalState
	if err := named(&state, in.State); err != nil {
		return view.Page[proposal]{}, err
	}
	c := class[record.Proposal]{view.Proposals, string(record.ProposalKey("")), (*access.Reader).Proposal}
	page, err := concerning(r, c, in.Member, in.Cut, func(p *record.Proposal) bool {
		return (state == 0 || p.State == state) && (in.Function == "" || p.Function == in.Function)
	})
	out := view.Page[proposal]{Items: make([]proposal, len(page.Items)), Next: page.Next}
	for i := range page.Items {
		page.Items[i].Argument = nil
		out.Items[i] = proposal{Proposal: page.Items[i]}
	}
	return out, err
}

type invoicesInput struct {
	Concerned
	Role         string `query:"role" enum:"buyer,seller,any" default:"any" doc:"Of the member named, else yours"`
	Counterparty string `query:"counterparty" maxLength:"18" doc:"The other side"`
	Open         bool   `query:"open" doc:"Only those of which something can still be allocated"`
	Cut
}

func (s *Server) invoices(r *reading, in *invoicesInput) (view.Page[record.Invoice], error) {
	whose := r.whom(in.Member)
	c := class[record.Invoice]{view.Invoices, record.InvoicesPrefix(), func(r *access.Reader, id string) (*record.Invoice, error) {
		fingerprint, err := record.ParseDigest(id)
		if err != nil {
			return nil, err
		}
		return r.Invoice(fingerprint)
	}}
	return concerning(r, c, in.Member, in.Cut, func(i *record.Invoice) bool {
		switch {
		case in.Open && i.Amount-i.Allocated-i.Cancelled <= 0:
			return false
		case in.Role == "buyer" && i.Buyer != whose, in.Role == "seller" && i.Seller != whose:
			return false
		default:
			return in.Counterparty == "" || in.Counterparty == i.Buyer || in.Counterparty == i.Seller
		}
	})
}

// Documents selects documents of trade, as query parameters.
type Documents struct {
	Concerned
	Counterparty string `query:"counterparty" maxLength:"18" doc:"One side"`
	Cut
}

func (s *Server) contracts(r *reading, in *Documents) (view.Page[record.TradeContract], error) {
	c := class[record.TradeContract]{view.Contracts, string(record.ContractKey("")), (*access.Reader).Contract}
	return concerning(r, c, in.Member, in.Cut, func(c *record.TradeContract) bool {
		return in.Counterparty == "" || in.Counterparty == c.Buyer || in.Counterparty == c.Seller
	})
}

func (s *Server) contract(r *reading, in *recordInput) (*record.TradeContract, error) {
	return r.Contract(in.ID)
}

type deliveriesInput struct {
	Documents
	Contract string `query:"contract" maxLength:"128" doc:"Under this contract"`
}

func (s *Server) deliveries(r *reading, in *deliveriesInput) (view.Page[record.Delivery], error) {
	c := class[record.Delivery]{view.Deliveries, string(record.DeliveryKey("")), (*access.Reader).Delivery}
	return concerning(r, c, in.Member, in.Cut, func(d *record.Delivery) bool {
		return (in.Counterparty == "" || in.Counterparty == d.Buyer || in.Counterparty == d.Seller) &&
			(in.Contract == "" || in.Contract == d.Contract)
	})
}

func (s *Server) delivery(r *reading, in *recordInput) (*record.Delivery, error) {
	return r.Delivery(in.ID)
}

type confirmationsInput struct {
	Concerned
	State string `query:"state" enum:"open,given,refused,overdue" doc:"All when left out"`
	Cut
}

func (s *Server) confirmations(r *reading, in *confirmationsInput) (view.Page[record.Confirmation], error) {
	var state record.ConfirmationState
	if err := named(&state, in.State); err != nil {
		return view.Page[record.Confirmation]{}, err
	}
	c := class[record.Confirmation]{view.Confirmations, string(record.ConfirmationKey("")), (*access.Reader).Confirmation}
	return concerning(r, c, in.Member, in.Cut, func(c *record.Confirmation) bool { return state == 0 || c.State == state })
}

func (s *Server) confirmation(r *reading, in *recordInput) (*record.Confirmation, error) {
	return r.Confirmation(in.ID)
}

type pledgesInput struct {
	Concerned
	State string `query:"state" enum:"active,released" doc:"All when left out"`
	Cut
}

func (s *Server) pledges(r *reading, in *pledgesInput) (view.Page[record.Pledge], error) {
	var state record.PledgeState
	if err := named(&state, in.State); err != nil {
		return view.Page[record.Pledge]{}, err
	}
	c := class[record.Pledge]{view.Pledges, string(record.PledgeKey("")), (*access.Reader).Pledge}
	return concerning(r, c, in.Member, in.Cut, func(p *record.Pledge) bool { return state == 0 || p.State == state })
}

func (s *Server) pledge(r *reading, in *recordInput) (*record.Pledge, error) { return r.Pledge(in.ID) }

type ordersInput struct {
	Concerned
	State string `query:"state" enum:"in-force,lifted,done" doc:"All when left out"`
	Cut
}

func (s *Server) orders(r *reading, in *ordersInput) (view.Page[record.Order], error) {
	var state record.OrderState
	if err := named(&state, in.State); err != nil {
		return view.Page[record.Order]{}, err
	}
	c := class[record.Order]{view.Orders, string(record.OrderKey("")), (*access.Reader).Order}
	return concerning(r, c, in.Member, in.Cut, func(o *record.Order) bool { return state == 0 || o.State == state })
}

func (s *Server) order(r *reading, in *recordInput) (*record.Order, error) { return r.Order(in.ID) }

const latestFirst = " The latest come first; those who see all and name nobody get everybody's in order of id."

func (s *Server) listRoutes() {
	read(s, huma.Operation{
		OperationID: "listTransfers", Path: "/v1/transfers", Tags: []string{"transfers"},
		Summary: "Transfers", Description: "Those that you sent or that were offered to you." + latestFirst,
	}, s.transfers)
	read(s, huma.Operation{
		OperationID: "listProposals", Path: "/v1/proposals", Tags: []string{"approvals"},
		Summary:     "Proposals",
		Description: "Your own and those that you may decide, without their arguments: read one by its id." + latestFirst,
	}, s.proposals)
	evidence := []string{"evidence"}
	read(s, huma.Operation{
		OperationID: "listInvoices", Path: "/v1/invoices", Tags: evidence,
		Summary: "Invoices", Description: "Those of which you are buyer or seller, and those that you attested." + latestFirst,
	}, s.invoices)
	read(s, huma.Operation{
		OperationID: "listContracts", Path: "/v1/contracts", Tags: evidence,
		Summary: "Trade contracts", Description: "Those of which you are buyer or seller." + latestFirst,
	}, s.contracts)
	read(s, huma.Operation{
		OperationID: "getContract", Path: "/v1/contracts/{id}", Tags: evidence,
		Summary: "A trade contract", Description: "For its buyer and its seller.",
	}, s.contract)
	read(s, huma.Operation{
		OperationID: "listDeliveries", Path: "/v1/deliveries", Tags: evidence,
		Summary: "What buyers accepted", Description: "Of which you are buyer or seller." + latestFirst,
	}, s.deliveries)
	read(s, huma.Operation{
		OperationID: "getDelivery", Path: "/v1/deliveries/{id}", Tags: evidence,
		Summary: "What a buyer accepted", Description: "For buyer and seller.",
	}, s.delivery)
	read(s, huma.Operation{
		OperationID: "listConfirmations", Path: "/v1/confirmations", Tags: evidence,
		Summary: "Requests to confirm a debt", Description: "Those that you made, those that you are to answer, and those that your debtors did not answer in time." + latestFirst,
	}, s.confirmations)
	read(s, huma.Operation{
		OperationID: "getConfirmation", Path: "/v1/confirmations/{id}", Tags: evidence,
		Summary: "A request to confirm a debt", Description: "For both sides, and when it was not answered in time for the debtor's sponsor.",
	}, s.confirmation)
	s.claimRoutes()
}

// claimRoutes are those of what rests on fen.
func (s *Server) claimRoutes() {
	tags := []string{"claims"}
	read(s, huma.Operation{
		OperationID: "listPledges", Path: "/v1/pledges", Tags: tags,
		Summary: "Pledges", Description: "Those of which you are pledgor, pledgee or debtor." + latestFirst,
	}, s.pledges)
	read(s, huma.Operation{
		OperationID: "getPledge", Path: "/v1/pledges/{id}", Tags: tags,
		Summary: "A pledge", Description: "For pledgor, pledgee, and the debtor of the fen.",
	}, s.pledge)
	read(s, huma.Operation{
		OperationID: "listOrders", Path: "/v1/orders", Tags: tags,
		Summary: "Orders of courts and authorities", Description: "Those that concern you." + latestFirst,
	}, s.orders)
	read(s, huma.Operation{
		OperationID: "getOrder", Path: "/v1/orders/{id}", Tags: tags,
		Summary: "An order of a court or authority",
		Description: "For its target, its receiver and the institutions that entered and confirmed it. A debtor of the fen sees it without sums " +
			"and with its own certificates only.",
	}, s.order)
}

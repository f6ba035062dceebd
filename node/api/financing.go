package api

import (
	"encoding"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/registration"
	"github.com/tierledger/tierledger/ledger/view"
	"github.com/tierledger/tierledger/node/access"
)

// financing is a financing with all that belongs to it.
type financing struct {
	record.Financing
	Settlement    record.Settlement     `json:"settlement" doc:"Locks the fen and pays them"`
	Quotes        []record.Quote        `json:"quotes" doc:"All to the holder, a bank's own to a bank; the terms are sealed to the holder"`
	Registrations []record.Registration `json:"registrations" doc:"Entries in the unified registry, in order"`
}

func (s *Server) financing(r *reading, in *recordInput) (*financing, error) {
	f, err := r.Financing(in.ID)
	if err != nil {
		return nil, err
	}
	return &financing{
		Financing: f.Record, Settlement: f.Settlement, Quotes: f.Quotes, Registrations: f.Registrations,
	}, nil
}

type financingsInput struct {
	Member string `query:"member" maxLength:"18" doc:"Holder, funder or debtor; you when left out, everybody for those who see all"`
	State  string `query:"state" enum:"requested,agreed,disbursed,ended,cancelled,lapsed,unpaid" doc:"All when left out; with requested and no member a bank gets the open requests for which it may quote"`
	Cut
}

func (s *Server) financings(r *reading, in *financingsInput) (view.Page[record.FinancingRow], error) {
	f := view.FinancingFilter{Member: in.Member}
	if err := named(&f.State, in.State); err != nil {
		return view.Page[record.FinancingRow]{}, err
	}
	f, err := r.Financings(f)
	if err != nil {
		return view.Page[record.FinancingRow]{}, err
	}
	return shown(in.view(), r.FinancingRow, func(cut view.Cut) (view.Page[record.FinancingRow], error) {
		return view.Financings(r.View, f, cut)
	})
}

// named reads an enumeration from a query; empty is none.
func named(into encoding.TextUnmarshaler, text string) error {
	if text == "" {
		return nil
	}
	if err := into.UnmarshalText([]byte(text)); err != nil {
		return code.BadRequest.New("%s", err)
	}
	return nil
}

// shown is a page of the rows that show leaves. It asks for no more rows than the
// page still lacks: the cursor then is that of a row on the page, and tells nothing
// of others. Only a page that ends because many rows were passed over is short.
func shown[T any](cut view.Cut, show func(T) (*T, error), list func(view.Cut) (view.Page[T], error)) (view.Page[T], error) {
	return shownAs(cut, show, list)
}

// shownAs is shown where a row is shown as something else.
func shownAs[T, U any](cut view.Cut, show func(T) (*U, error), list func(view.Cut) (view.Page[T], error)) (view.Page[U], error) {
	const maxLooked = 20 * view.MaxPage
	page := view.Page[U]{Items: []U{}}
	for next, looked := cut, 0; ; {
		next.Limit = cut.Limit - len(page.Items)
		rows, err := list(next)
		if err != nil {
			return page, err
		}
		for _, row := range rows.Items {
			v, err := show(row)
			if err != nil {
				return page, err
			}
			if v != nil {
				page.Items = append(page.Items, *v)
			}
		}
		looked += len(rows.Items)
		page.Next, next.Cursor = rows.Next, rows.Next
		if rows.Next == "" || len(rows.Items) < next.Limit || len(page.Items) == cut.Limit || looked >= maxLooked {
			return page, nil
		}
	}
}

// registryText is what a bank's people enter in the unified registry.
type registryText struct {
	Text string `json:"text" doc:"Description of the property, in Chinese, for the registry's form"`
}

func (s *Server) registryText(r *reading, in *recordInput) (*registryText, error) {
	f, settled, err := r.Registry(in.ID)
	if err != nil {
		return nil, err
	}
	subject := registration.Subject{Financing: f, Legs: settled.Legs, Certificates: map[string]*record.Certificate{}}
	names := map[string]string{f.Holder: "", f.Funder: ""}
	for _, leg := range settled.Legs {
		c, err := record.Find(r.State, record.CertificateKey(leg.Certificate))
		if err != nil {
			return nil, err
		}
		if c == nil {
			return nil, code.NotFound.New("certificate %s of financing %s", leg.Certificate, f.ID)
		}
		subject.Certificates[leg.Certificate], names[c.Debtor] = c, ""
	}
	for id := range names {
		m, err := record.Find(r.State, record.MemberKey(id))
		if err != nil {
			return nil, err
		}
		if m != nil {
			names[id] = m.Name
		}
	}
	subject.Names = func(member string) string { return names[member] }
	return &registryText{registration.Text(subject)}, nil
}

type ratesInput struct {
	Bank   string `query:"bank" maxLength:"18" doc:"Social credit code of the bank; all banks when left out"`
	Debtor string `query:"debtor" maxLength:"18" doc:"Only rates for fen of this debtor, with those for fen of any"`
	All    bool   `query:"all" doc:"Also rates that are closed or over"`
	Cut
}

func (s *Server) rates(r *reading, in *ratesInput) (view.Page[record.PostedRate], error) {
	const segments = 3 // rate/<bank>/<id>
	return pageOfState(r.State, record.RatesPrefix(in.Bank), segments, in.Cut, func(p *record.PostedRate) bool {
		*p = r.Rate(*p)
		return (in.All || !p.Closed && p.Until >= r.Now.Date()) && (in.Debtor == "" || p.Debtor == "" || p.Debtor == in.Debtor)
	})
}

type discountsInput struct {
	Debtor string `query:"debtor" maxLength:"18" doc:"Social credit code of the debtor; all debtors when left out"`
	All    bool   `query:"all" doc:"Also offers that are closed or over"`
	Cut
}

func (s *Server) discounts(r *reading, in *discountsInput) (view.Page[record.DiscountOffer], error) {
	const segments = 3 // discount/<debtor>/<id>
	return pageOfState(r.State, record.DiscountsPrefix(in.Debtor), segments, in.Cut, func(o *record.DiscountOffer) bool {
		*o = r.Discount(*o)
		return in.All || !o.Closed && o.Until >= r.Now.Date()
	})
}

type limitsInput struct {
	Bank string `query:"bank" maxLength:"18" doc:"Social credit code of the bank; you when left out, all banks for those who see all"`
	Cut
}

func (s *Server) limits(r *reading, in *limitsInput) (view.Page[record.Limit], error) {
	bank, err := r.Limits(in.Bank)
	if err != nil {
		return view.Page[record.Limit]{}, err
	}
	const segments = 4 // limit/<bank>/<kind>/<member>
	return pageOfState(r.State, record.LimitsPrefix(bank), segments, in.Cut, func(*record.Limit) bool { return true })
}

type settlementsInput struct {
	Member  string `query:"member" maxLength:"18" doc:"Payer, payee or bank of one side; you when left out, everybody for those who see all"`
	State   string `query:"state" enum:"open,agreed,instructed,accepted,settled,unpaid,cancelled,lapsed,returned" doc:"All when left out"`
	Purpose string `query:"purpose" enum:"financing,resale,buy-back,repayment,discount,outside,debtor-share,guarantee-fee,clearing,recourse,guarantee,late-interest,refund" doc:"All when left out"`
	Cut
}

func (s *Server) settlements(r *reading, in *settlementsInput) (view.Page[record.Settlement], error) {
	none := view.Page[record.Settlement]{}
	var state record.SettlementState
	if err := named(&state, in.State); err != nil {
		return none, err
	}
	var purpose record.Purpose
	if err := named(&purpose, in.Purpose); err != nil {
		return none, err
	}
	member, err := r.Settlements(in.Member)
	if err != nil {
		return none, err
	}
	const segments = 2 // settlement/<id>
	return pageOfState(r.State, record.SettlementsPrefix(), segments, in.Cut, func(v *record.Settlement) bool {
		return access.PartyTo(v, member) && (state == 0 || v.State == state) && (purpose == 0 || v.Purpose == purpose)
	})
}

func (s *Server) settlement(r *reading, in *recordInput) (*record.Settlement, error) {
	return r.Settlement(in.ID)
}

type accountsInput struct {
	ID string `path:"id" maxLength:"18" doc:"Social credit code of the member"`
	Cut
}

func (s *Server) accounts(r *reading, in *accountsInput) (*memberAccounts, error) {
	if err := r.Accounts(in.ID); err != nil {
		return nil, err
	}
	payee, err := r.PayeeChoice(in.ID)
	if err != nil {
		return nil, err
	}
	const segments = 4 // member/<code>/account/<id>
	page, err := pageOfState(r.State, record.AccountsPrefix(in.ID), segments, in.Cut, r.Account)
	return &memberAccounts{page, payee}, err
}

func (s *Server) financingRoutes() {
	tags := []string{"financing"}
	read(s, huma.Operation{
		OperationID: "listFinancings", Path: "/v1/financings", Tags: tags,
		Summary: "Financings by time of request",
		Description: "Yours as holder, funder or debtor. A bank that asks for the requested ones and names no member gets the open requests " +
			"for which it may quote. A debtor sees a financing once it is agreed, without what the holder is paid.",
	}, s.financings)
	read(s, huma.Operation{
		OperationID: "getFinancing", Path: "/v1/financings/{id}", Tags: tags,
		Summary: "A financing with its settlement, quotes and registrations",
		Description: "For its holder and its funder, the guarantor that the terms name, the banks that may quote while it takes quotes, and " +
			"the debtors once it is agreed. A debtor that bears no share, and a bank that quotes, see neither terms nor cost.",
	}, s.financing)
	read(s, huma.Operation{
		OperationID: "getRegistryText", Path: "/v1/financings/{id}/registry-text", Tags: tags,
		Summary:     "The text for the unified registry",
		Description: "For its holder and its funder, once it is agreed: the description of the property that the bank enters in the registry's form.",
	}, s.registryText)
	read(s, huma.Operation{
		OperationID: "listRates", Path: "/v1/rates", Tags: tags,
		Summary:     "Rates at which banks finance at once",
		Description: "For every member: posted rates that are neither closed nor over. What was taken of a rate without a volume is its bank's own.",
	}, s.rates)
	read(s, huma.Operation{
		OperationID: "listDiscounts", Path: "/v1/discounts", Tags: tags,
		Summary:     "Discounts at which debtors pay early",
		Description: "For every member: offers that are neither closed nor over.",
	}, s.discounts)
	read(s, huma.Operation{
		OperationID: "listLimits", Path: "/v1/limits", Tags: []string{"credit"},
		Summary: "A bank's limits on debtors and suppliers", Description: "A bank sees its own.",
	}, s.limits)
	settling := []string{"settlement"}
	read(s, huma.Operation{
		OperationID: "listSettlements", Path: "/v1/settlements", Tags: settling,
		Summary:     "Payments and the fen that they move",
		Description: "Those of which you are payer, payee or the bank of one side, in order of id.",
	}, s.settlements)
	read(s, huma.Operation{
		OperationID: "getSettlement", Path: "/v1/settlements/{id}", Tags: settling,
		Summary: "A payment and the fen that it moves", Description: "For its payer, its payee and the banks of both accounts.",
	}, s.settlement)
	read(s, huma.Operation{
		OperationID: "listAccounts", Path: "/v1/members/{id}/accounts", Tags: []string{"members"},
		Summary:     "A member's bank accounts",
		Description: "For the member, and for a bank those that are kept with it. The numbers are sealed to both.",
	}, s.accounts)
}

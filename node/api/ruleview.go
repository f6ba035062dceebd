package api

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/ledger/view"
)

// ruled is one decision in the history of a certificate, rule by rule.
type ruled struct {
	TxID     record.Digest    `json:"txId"`
	Height   int64            `json:"height"`
	Function string           `json:"function"`
	Member   string           `json:"member" doc:"Of the signer, empty for the sweep"`
	Time     calendar.Instant `json:"time"`
	Pack     uint32           `json:"pack" doc:"Ordinal of the rule pack in force"`
	Rules    []ruleResult     `json:"rules" doc:"Those that were asked, in order of rule"`
}

// ruleResult is what one rule said.
type ruleResult struct {
	Rule   string   `json:"rule" example:"TERM-MAX"`
	Clause string   `json:"clause" doc:"Where it comes from, English or Chinese by Accept-Language"`
	Title  string   `json:"title" doc:"What it asks"`
	Result string   `json:"result" enum:"passed,flagged,refused" doc:"flagged: allowed, but wants to be seen"`
	Facts  []string `json:"facts" doc:"On which it flagged or refused; for the signer's member and those who see all"`
}

func (s *Server) certificateRules(r *reading, in *historyInput) (view.Page[ruled], error) {
	none := view.Page[ruled]{}
	if _, _, err := r.Certificate(in.Number); err != nil {
		return none, err
	}
	show := func(o record.Outcome) (*ruled, error) {
		part := r.Subject(in.Number, &o)
		if part.Effects.Decision.Evaluated == 0 {
			return nil, nil
		}
		return &ruled{
			TxID: o.TxID, Height: o.Height, Function: o.Function, Member: o.Member, Time: o.Time,
			Pack: part.Effects.Decision.Pack, Rules: resultsOf(part.Effects.Decision, r.facts.chinese),
		}, nil
	}
	return shownAs(in.view(), show, func(cut view.Cut) (view.Page[record.Outcome], error) {
		return view.History(r.View, in.Number, cut)
	})
}

// resultsOf tells a decision rule by rule.
func resultsOf(d record.Decision, chinese bool) []ruleResult {
	list := []ruleResult{}
	for _, c := range rules.Clauses() {
		bit := uint32(1) << c.Rule
		if d.Evaluated&bit == 0 {
			continue
		}
		v := ruleResult{Rule: c.Rule.String(), Clause: c.Source, Title: c.English, Result: "passed", Facts: []string{}}
		if chinese {
			v.Clause, v.Title = c.SourceZH, c.Chinese
		}
		switch {
		case d.Failed&bit != 0:
			v.Result = "refused"
		case d.Flagged&bit != 0:
			v.Result = "flagged"
		}
		for _, in := range d.Inputs {
			if in.Rule == c.Rule {
				v.Facts = append(v.Facts, in.Facts)
			}
		}
		list = append(list, v)
	}
	return list
}

func (s *Server) ruleRoutes() {
	read(s, huma.Operation{
		OperationID: "getCertificateRules", Path: "/v1/certificates/{number}/rules", Tags: []string{"rules"},
		Summary:     "What the rules said on a certificate, oldest first",
		Description: "For whoever sees the certificate: each transaction in its history for which a rule was asked, with the clauses.",
	}, s.certificateRules)
}

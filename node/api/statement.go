package api

import (
	"bytes"
	"cmp"
	"fmt"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/ledger/report"
	"github.com/tierledger/tierledger/node/paper"
	"github.com/tierledger/tierledger/node/sheet"
)

// MonthPath is the month and the member of a statement, for inputs with more parameters.
type MonthPath struct {
	Month  string `path:"month" maxLength:"7" doc:"The month" example:"2026-11"`
	Member string `query:"member" maxLength:"18" doc:"Whose; you when left out. Those who see all may ask for anybody's"`
}

func (s *Server) statement(r *reading, in *MonthPath) (*report.Statement, error) {
	member, err := r.Statement(in.Member)
	if err != nil {
		return nil, err
	}
	if _, err := r.FindMember(member); err != nil {
		return nil, err
	}
	leave, err := s.heavy.enter(r.Member.ID)
	if err != nil {
		return nil, err
	}
	defer leave()
	return report.StatementOf(r.source(), member, in.Month)
}

func (s *Server) statementPaper(r *reading, in *MonthPath) (*file, error) {
	st, err := s.statement(r, in)
	if err != nil {
		return nil, err
	}
	made, err := paper.PrintStatement(s.Network, st)
	return newFile(mediaPDF, "statement-"+st.Member+"-"+st.Month+".pdf", made), err
}

func (s *Server) statementSheet(r *reading, in *MonthPath) (*file, error) {
	st, err := s.statement(r, in)
	if err != nil {
		return nil, err
	}
	made, err := written(mediaXLSX, []int{5, 6, 7, 8}, func(row func(...string) error) error {
		return sheetOf(st, row)
	})
	return newFile(mediaXLSX, "statement-"+st.Member+"-"+st.Month+".xlsx", made), err
}

// written is a table as a file. The columns named have amounts.
func written(media string, amounts []int, fill func(row func(...string) error) error) ([]byte, error) {
	begin := sheet.NewCSV
	if media == mediaXLSX {
		begin = sheet.NewXLSX
	}
	var b bytes.Buffer
	w, err := begin(&b, amounts...)
	if err != nil {
		return nil, err
	}
	if err := fill(func(cells ...string) error { return w.Row(cells) }); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("write a table: %w", err)
	}
	return b.Bytes(), nil
}

// sheetOf writes a statement as one table: a side after the other, each with its
// opening and closing rows, and then the payments.
func sheetOf(s *report.Statement, row func(...string) error) error {
	name := func(id string) string { return cmp.Or(s.Names[id], id) }
	if err := row("类别", "日期", "摘要", "电子凭证编号", "对方", "增加/收入", "减少/支出", "余额", "利息费用", "单据号", "交易哈希"); err != nil {
		return err
	}
	for _, side := range []struct {
		title string
		of    *report.Side
	}{{"持有凭证", &s.Held}, {"应付凭证", &s.Owed}} {
		if err := row(side.title, s.From.String(), "期初余额", "", "", "", "", side.of.Opening.String(), "", "", ""); err != nil {
			return err
		}
		balance := side.of.Opening
		for i := range side.of.Entries {
			e := &side.of.Entries[i]
			in, out, change := e.Amount.String(), "", e.Amount
			if !e.In {
				in, out, change = out, in, -change
			}
			balance += change
			if err := row(side.title, e.Time.Date().String(), e.Kind, e.Certificate, name(e.Counterpart), in, out, balance.String(), "",
				e.Order, e.TxID.String()); err != nil {
				return err
			}
		}
		if err := row(side.title, s.To.String(), "期末余额", "", "", side.of.In.String(), side.of.Out.String(), side.of.Closing.String(),
			"", "", ""); err != nil {
			return err
		}
	}
	for i := range s.Payments {
		p := &s.Payments[i]
		amount := p.Amount
		if p.Returned {
			amount = -amount
		}
		in, out := amount.String(), ""
		if !p.In {
			in, out = out, in
		}
		cost := ""
		if sum := p.Interest + p.Fee; sum != money.Fen(0) {
			cost = sum.String()
		}
		if err := row("资金往来", p.Time.Date().String(), p.Purpose.String(), "", name(p.Counterpart), in, out, "", cost,
			cmp.Or(p.Reference, p.Settlement), p.TxID.String()); err != nil {
			return err
		}
	}
	return row("资金往来", s.To.String(), "合计", "", "", s.Received.Amount.String(), s.Paid.Amount.String(), "", "", "", "")
}

type accountingInput struct {
	MonthPath
	Format string       `query:"format" enum:"xlsx,csv,json" default:"xlsx" doc:"Of the file"`
	Model  report.Model `query:"model" enum:"collect-and-sell,collect" default:"collect-and-sell" doc:"Under which business model the member holds certificates: shown as 应收款项融资, or as 应收账款"`
}

// vouchers are the lines of a month's vouchers.
type vouchers struct {
	AsOf   report.AsOf          `json:"asOf"`
	Member string               `json:"member"`
	Month  string               `json:"month"`
	Lines  []report.VoucherLine `json:"lines" doc:"The lines of a voucher stand together; its debits and credits are equal"`
}

func (s *Server) accounting(r *reading, in *accountingInput) (*file, error) {
	member, err := r.Statement(in.Member)
	if err != nil {
		return nil, err
	}
	leave, err := s.heavy.enter(r.Member.ID)
	if err != nil {
		return nil, err
	}
	defer leave()
	lines, err := report.Vouchers(r.source(), member, in.Month, in.Model)
	if err != nil {
		return nil, err
	}
	name := "vouchers-" + member + "-" + in.Month
	if in.Format == "json" {
		var b bytes.Buffer
		err := format().Marshal(&b, vouchers{r.asOf(), member, in.Month, lines})
		return newFile(mediaJSON, name+".json", b.Bytes()), err
	}
	media := map[string]string{"xlsx": mediaXLSX, "csv": mediaCSV + "; charset=utf-8; header=present"}[in.Format]
	if media == "" {
		return nil, code.BadRequest.New("format is xlsx, csv or json")
	}
	made, err := written(media, []int{5, 6}, func(row func(...string) error) error {
		if err := row((*report.VoucherLine)(nil).Columns()...); err != nil {
			return err
		}
		for i := range lines {
			if err := row(lines[i].Cells()...); err != nil {
				return err
			}
		}
		return nil
	})
	return newFile(media, name+"."+in.Format, made), err
}

func (s *Server) statementRoutes() {
	tags := []string{"documents"}
	const what = "What the member held and owed at the beginning, what came and went, what is there at the end, and the payments that banks " +
		"advised. It balances to the fen or is not given. It reads all that ever concerned the member."
	read(s, huma.Operation{
		OperationID: "getStatement", Path: "/v1/statements/{month}", Tags: tags, Summary: "A member's statement of a month", Description: what,
	}, s.statement)
	readFile(s, huma.Operation{
		OperationID: "printStatement", Path: "/v1/statements/{month}/paper", Tags: tags, Summary: "A member's statement of a month as PDF",
		Description: what,
	}, s.statementPaper, mediaPDF)
	readFile(s, huma.Operation{
		OperationID: "writeStatement", Path: "/v1/statements/{month}/sheet", Tags: tags,
		Summary: "A member's statement of a month as XLSX", Description: what,
	}, s.statementSheet, mediaXLSX)
	readFile(s, huma.Operation{
		OperationID: "writeVouchers", Path: "/v1/accounting/{month}", Tags: tags,
		Summary: "Voucher lines of a month for the member's accountant",
		Description: "What the ledger says happened, in the accounts of Chinese practice; debits and credits are equal in every voucher. It is " +
			"a proposal: the accountant judges what the ledger cannot know.",
	}, s.accounting, mediaXLSX, mediaCSV, mediaJSON)
}

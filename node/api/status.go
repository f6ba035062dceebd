package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
)

// status is what anybody may know of a node.
type status struct {
	Network    string           `json:"network"`
	Node       string           `json:"node" doc:"The node's name: the audience of its login tokens"`
	Version    string           `json:"version"`
	Devnet     bool             `json:"devnet"`
	Height     int64            `json:"height"`
	LedgerTime calendar.Instant `json:"ledgerTime" doc:"Time of the last block, with a devnet's offset; transactions expire by it"`
	AppHash    record.Digest    `json:"appHash"`
	Root       record.Digest    `json:"root" doc:"Root of the state tree"`
	Peers      int              `json:"peers"`
	CatchingUp bool             `json:"catchingUp"`
	Waiting    int              `json:"waiting" doc:"Transactions in the mempool"`
	Validators []validator      `json:"validators"`
	At         *committed       `json:"at,omitempty" doc:"The height asked for"`
}

// committed is what the node had at a height.
type committed struct {
	Height  int64         `json:"height"`
	AppHash record.Digest `json:"appHash"`
}

type validator struct {
	Bank  string `json:"bank" doc:"Social credit code"`
	Name  string `json:"name"`
	Peer  string `json:"peer"`
	Power int64  `json:"power"`
}

type statusInput struct {
	Height int64 `query:"height" minimum:"1" doc:"Answer also with the app hash of this height, to compare nodes. A node keeps those of some recent heights; of another it says NOT_FOUND"`
}

type statusOutput struct{ Body *status }

func (s *Server) status(ctx context.Context, in *statusInput) (*statusOutput, error) {
	r, release, err := s.open(ctx)
	if err != nil {
		return nil, s.problem(ctx, err)
	}
	defer release()
	st := &status{
		Network: s.Network, Node: s.Node, Version: s.Version, Devnet: r.settings.Devnet,
		Height: r.head.Height, LedgerTime: r.Now, AppHash: r.head.AppHash, Root: r.head.TreeRoot,
		Peers: s.Engine.Peers(), CatchingUp: s.Engine.CatchingUp(), Waiting: s.Engine.Waiting(), Validators: []validator{},
	}
	if in.Height != 0 {
		if st.At, err = s.at(in.Height); err != nil {
			return nil, s.problem(ctx, err)
		}
	}
	prefix := record.ValidatorsPrefix()
	err = r.State.Scan(prefix, record.PrefixEnd(prefix), func(_ string, value []byte) (bool, error) {
		var v record.Validator
		if err := record.Decode(value, &v); err != nil {
			return false, err
		}
		if !v.Active {
			return true, nil
		}
		m, err := record.Find(r.State, record.MemberKey(v.Bank))
		if err != nil {
			return false, err
		}
		seat := validator{Bank: v.Bank, Peer: v.Peer, Power: v.Power}
		if m != nil {
			seat.Name = m.Name
		}
		st.Validators = append(st.Validators, seat)
		return true, nil
	})
	if err != nil {
		return nil, s.problem(ctx, err)
	}
	return &statusOutput{st}, nil
}

// at is what the node had at a height: the app hash is the root of the state tree.
func (s *Server) at(height int64) (*committed, error) {
	_, root, found, err := s.Store.RootAt(height)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, code.NotFound.New("app hash of height %d; the node is at %d", height, s.Store.Head().Height)
	}
	return &committed{Height: height, AppHash: root}, nil
}

type healthOutput struct {
	Status int
	Body   health
}

type health struct {
	OK      bool     `json:"ok"`
	Reasons []string `json:"reasons" doc:"Why not"`
}

// ready reports whether the node can serve and submit.
func (s *Server) ready(context.Context, *struct{}) (*healthOutput, error) {
	h := health{OK: true, Reasons: []string{}}
	not := func(reason string, is bool) {
		if is {
			h.OK, h.Reasons = false, append(h.Reasons, reason)
		}
	}
	not("storage fault", s.Store.Err() != nil)
	not("no block yet", s.Store.Head().Height == 0)
	not("catching up", s.Engine.CatchingUp())
	not("stopping", s.stopping.Load())
	if !h.OK {
		return &healthOutput{http.StatusServiceUnavailable, h}, nil
	}
	return &healthOutput{http.StatusOK, h}, nil
}

// live reports that the process answers.
func (s *Server) live(context.Context, *struct{}) (*healthOutput, error) {
	return &healthOutput{http.StatusOK, health{OK: true, Reasons: []string{}}}, nil
}

type functionsOutput struct{ Body functionsView }

func (s *Server) statusRoutes() error {
	functions, err := describeFunctions(s.Functions)
	if err != nil {
		return err
	}
	open := func(id, path, summary, description string) huma.Operation {
		return documented(s, huma.Operation{
			OperationID: id, Path: path, Tags: []string{"node"}, Summary: summary, Description: description + " Needs no login.",
		})
	}
	status := open("getStatus", "/v1/status", "The node and the ledger's time", "Clients take the expiry of transactions from here.")
	refer(&status, http.StatusNotFound)
	huma.Register(s.api, status, s.status)
	huma.Register(s.api, open("listFunctions", "/v1/functions", "The contract functions", "Who may send each, and the JSON schemas of argument and result."),
		func(context.Context, *struct{}) (*functionsOutput, error) { return &functionsOutput{functions}, nil })
	huma.Register(s.api, open("live", "/health/live", "The process answers", "For a supervisor."), s.live)
	huma.Register(s.api, open("ready", "/health/ready", "The node can serve", "503 with reasons when it cannot; for a load balancer."), s.ready)
	return nil
}

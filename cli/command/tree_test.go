package command

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// way are the moves of one certificate: issued, kept in part, passed on to two
// suppliers, one of whom passes a part on and gets some of it back.
func way() []record.Move {
	move := func(kind record.MoveKind, from, to string, low, high money.Fen, tier uint16) record.Move {
		return record.Move{Kind: kind, Certificate: "C", From: from, To: to, Interval: interval.Of(low, high), Tier: tier}
	}
	return []record.Move{
		move(record.MoveIssue, "D", "A", 1, 100_000_000, 1),
		move(record.MoveTransfer, "A", "B", 40_000_001, 100_000_000, 2),
		move(record.MoveTransfer, "B", "C", 40_000_001, 65_000_000, 3),
		move(record.MoveTransfer, "C", "B", 50_000_001, 60_000_000, 4),
		move(record.MoveTransfer, "A", "C", 1, 10_000_000, 2),
	}
}

func names(id string) string {
	return map[string]string{"D": "长风重工集团", "A": "华光精密机械", "B": "Acme Ltd", "C": "青田五金加工厂", "N": "西山银行", "M": "东湖银行"}[id]
}

func TestTreeShowsEveryOwnerAndEveryFen(t *testing.T) {
	root, err := grow("D", 100_000_000, way())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := draw(&b, root, names); err != nil {
		t.Fatal(err)
	}
	if err := ruler(&b, 100_000_000, root.pieces(), 72, names); err != nil {
		t.Fatal(err)
	}
	want := `
长风重工集团                      ¥1,000,000.00
└─ 华光精密机械 (tier 1)          ¥1,000,000.00  holds ¥300,000.00  [10000001-40000000]
   ├─ 青田五金加工厂 (tier 2)       ¥100,000.00  holds ¥100,000.00  [1-10000000]
   └─ Acme Ltd (tier 2)             ¥600,000.00  holds ¥350,000.00  [65000001-100000000]
      └─ 青田五金加工厂 (tier 3)    ¥250,000.00  holds ¥150,000.00  [40000001-50000000] [60000001-65000000]
         └─ Acme Ltd (tier 4)       ¥100,000.00  holds ¥100,000.00  [50000001-60000000]
┌──────┬────────────────────┬───────┬──────┬──┬─────────────────────────┐
│青田五│    华光精密机械    │青田五 │Acme L│青│        Acme Ltd         │
└──────┴────────────────────┴───────┴──────┴──┴─────────────────────────┘
`
	if got := "\n" + b.String(); got != want {
		t.Errorf("got%s\nwant%s", got, want)
	}
}

// A bank that bought fen, what rests on them, what was bought back, and what the
// debtor has paid early: it does not go back to the debtor.
func TestTreeShowsBanksLocksAndPayments(t *testing.T) {
	moves := append(way()[:3],
		record.Move{Kind: record.MoveSale, From: "A", To: "N", Interval: interval.Of(10_000_001, 40_000_000), Tier: 1},
		record.Move{Kind: record.MoveResale, From: "N", To: "M", Interval: interval.Of(10_000_001, 20_000_000), Tier: 1},
		record.Move{Kind: record.MoveBuyBack, From: "N", To: "A", Interval: interval.Of(35_000_001, 40_000_000), Tier: 1},
		record.Move{Kind: record.MoveRedeem, From: "C", To: "D", Interval: interval.Of(40_000_001, 65_000_000), Tier: 3},
		record.Move{Kind: record.MoveRedeem, From: "B", To: "D", Interval: interval.Of(65_000_001, 70_000_000), Tier: 2},
	)
	root, err := grow("D", 100_000_000, moves)
	if err != nil {
		t.Fatal(err)
	}
	root.mark([]record.Holding{
		{Owner: "A", Interval: interval.Of(1, 10_000_000), Locks: []record.Lock{
			{Kind: record.LockPledge, Interval: interval.Of(1, 2_000_000)}, {Kind: record.LockFinancing, Interval: interval.Of(2_000_001, 4_000_000)},
			{Kind: record.LockFinancing, Interval: interval.Of(5_000_001, 6_000_000)},
		}},
		{Owner: "A", Interval: interval.Of(35_000_001, 40_000_000)},
	})
	var b strings.Builder
	if err := draw(&b, root, names); err != nil {
		t.Fatal(err)
	}
	if err := ruler(&b, 100_000_000, root.pieces(), 72, names); err != nil {
		t.Fatal(err)
	}
	want := `
长风重工集团                              ¥1,000,000.00
└─ 华光精密机械 (tier 1)                  ¥1,000,000.00  holds ¥100,000.00  [1-10000000]  pledge ¥20,000.00, financing ¥30,000.00
   ├─ 西山银行 (tier 1, sale)               ¥300,000.00  holds ¥150,000.00  [20000001-35000000]
   │  ├─ 东湖银行 (tier 1, resale)          ¥100,000.00  holds ¥100,000.00  [10000001-20000000]
   │  └─ 华光精密机械 (tier 1, buy-back)     ¥50,000.00   holds ¥50,000.00  [35000001-40000000]
   └─ Acme Ltd (tier 2)                     ¥600,000.00  holds ¥300,000.00  [70000001-100000000]  paid ¥50,000.00 [65000001-70000000]
      └─ 青田五金加工厂 (tier 3)            ¥250,000.00   paid ¥250,000.00  [40000001-65000000]
┌──────┬──────┬──────────┬──┬─────────────────┬───┬─────────────────────┐
│华光精│东湖银│ 西山银行 │华│✓ 青田五金加工厂 │✓ A│      Acme Ltd       │
└──────┴──────┴──────────┴──┴─────────────────┴───┴─────────────────────┘
`
	if got := "\n" + b.String(); got != want {
		t.Errorf("got%s\nwant%s", got, want)
	}
}

func TestTreeRefusesMovesOfSomethingElse(t *testing.T) {
	moves := append(way(), record.Move{From: "A", To: "B", Interval: interval.Of(5_000_000, 11_000_000)})
	if _, err := grow("D", 100_000_000, moves); err == nil {
		t.Error("fen that the sender does not have were drawn")
	}
}

// Whatever was moved, the tree's holdings tile the face and every fen is drawn
// under its present owner.
func TestTreeNeverLosesAFen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		face := money.Fen(rapid.Int64Range(1, 1000).Draw(t, "face"))
		owners := []string{"A", "B", "C", "E"}
		owner, paid := make([]string, face+1), make([]bool, face+1)
		moves := []record.Move{{Kind: record.MoveIssue, From: "D", To: "A", Interval: interval.Whole(face), Tier: 1}}
		for i := range owner {
			owner[i] = "A"
		}
		for range rapid.IntRange(0, 20).Draw(t, "transfers") {
			low := money.Fen(rapid.Int64Range(1, int64(face)).Draw(t, "low"))
			high := low
			for high < face && owner[high+1] == owner[low] && paid[high+1] == paid[low] && rapid.IntRange(0, 9).Draw(t, "more") > 0 {
				high++
			}
			to := rapid.SampledFrom(owners).Draw(t, "to")
			switch {
			case paid[low]:
				continue // nothing can be done with what was paid
			case to == owner[low]:
				moves = append(moves, record.Move{Kind: record.MoveRedeem, From: to, To: "D", Interval: interval.Of(low, high)})
				for f := low; f <= high; f++ {
					paid[f] = true
				}
				continue
			}
			moves = append(moves, record.Move{Kind: record.MoveTransfer, From: owner[low], To: to, Interval: interval.Of(low, high)})
			for f := low; f <= high; f++ {
				owner[f] = to
			}
		}
		root, err := grow("D", face, moves)
		if err != nil {
			t.Fatal(err)
		}
		next := money.Fen(1)
		for _, p := range root.pieces() {
			if p.fen.From != next {
				t.Fatalf("a piece starts at %d, not %d", p.fen.From, next)
			}
			for f := p.fen.From; f <= p.fen.To; f++ {
				if owner[f] != p.owner || paid[f] != p.paid {
					t.Fatalf("fen %d is drawn under %s, paid: %t; its owner is %s, paid: %t", f, p.owner, p.paid, owner[f], paid[f])
				}
			}
			next = p.fen.To + 1
		}
		if next != face+1 {
			t.Fatalf("the pieces end at %d of %d", next-1, face)
		}
	})
}

// Fen that are locked or were paid are left where they are.
func TestTakeLowPassesOverLockedFen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var holdings []record.Holding
		var owned, free money.Fen
		next := money.Fen(1)
		for id := range rapid.IntRange(1, 4).Draw(t, "holdings") {
			length := money.Fen(rapid.Int64Range(1, 50).Draw(t, "length"))
			h := record.Holding{Certificate: "C", ID: uint32(id + 1), Version: 7, Interval: interval.Of(next, next+length-1)}
			next += length
			if rapid.IntRange(0, 9).Draw(t, "paid") == 0 {
				h.Redeemed = 1
				holdings = append(holdings, h)
				continue
			}
			locked := map[money.Fen]bool{}
			for range rapid.IntRange(0, 3).Draw(t, "locks") {
				low := money.Fen(rapid.Int64Range(int64(h.Interval.From), int64(h.Interval.To)).Draw(t, "low"))
				high := money.Fen(rapid.Int64Range(int64(low), int64(h.Interval.To)).Draw(t, "high"))
				h.Locks = append(h.Locks, record.Lock{Kind: record.LockOffer, Interval: interval.Of(low, high)})
				for f := low; f <= high; f++ {
					locked[f] = true
				}
			}
			holdings = append(holdings, h)
			owned += length
			free += length - money.Fen(len(locked))
		}
		amount := money.Fen(rapid.Int64Range(1, max(1, int64(owned))).Draw(t, "amount"))
		legs, err := takeLow(holdings, amount)
		if amount > free {
			if err == nil {
				t.Fatalf("took %d of %d unlocked fen", amount, free)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		var taken money.Fen
		for _, leg := range legs {
			h := holdings[leg.Holding-1]
			if !h.Interval.Contains(leg.Interval) || leg.Version != 7 || h.Redeemed != 0 {
				t.Fatalf("leg %v is not of holding %v", leg, h.Interval)
			}
			for _, l := range h.Locks {
				if l.Interval.Overlaps(leg.Interval) {
					t.Fatalf("leg %v has locked fen %v", leg, l.Interval)
				}
			}
			taken += leg.Interval.Amount()
		}
		if taken != amount {
			t.Fatalf("took %d, wanted %d", taken, amount)
		}
	})
}

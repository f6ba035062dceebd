package clearing

import (
	"fmt"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// stepWeight ends one step of a division: records scanned, keys written and rows
// reported since its beginning, of some thousand legs. A block waits for its steps.
const stepWeight = 8_000

// firstWeight is stepWeight for the transaction that confirms the funds: a run of some
// two hundred legs is divided within it. pieceWeight is about what the leg of one piece
// comes to: a certificate that would go beyond is left to the sweep, which has no limits.
const (
	firstWeight = 1_500
	pieceWeight = 8
)

// Divide goes on with a division, for the sweep.
func Divide(w *world.World, due record.Due) error { return goOn(w, due, stepWeight) }

func goOn(w *world.World, due record.Due, weight int) error {
	w.RemoveDue(due.At, due.Kind, due.ID)
	run, err := GetRun(w, due.ID)
	if err != nil || run.State != record.RunDividing {
		return err
	}
	round, err := world.Load(w, record.RoundKey(run.ID, run.Rounds), "round", run.ID)
	if err != nil {
		return err
	}
	_, err = step(w, run, round, func(_ *record.Certificate, done int) bool { return done < weight })
	return err
}

// divide begins a division, in the transaction that confirms the funds.
func divide(w *world.World, run *record.Run, round *record.Round) (FundsResult, error) {
	return step(w, run, round, func(next *record.Certificate, done int) bool {
		return done+int(next.Pieces)*pieceWeight <= firstWeight
	})
}

// step divides the funds of a round over the claims of further certificates, in the
// order of their numbers and of their fen, as long as it may.
func step(
	w *world.World, run *record.Run, round *record.Round, may func(next *record.Certificate, done int) bool,
) (FundsResult, error) {
	begin := w.Weight()
	for {
		number, err := nextEntry(w, run.ID, round.Next)
		if err != nil {
			return FundsResult{}, err
		}
		if number == "" {
			return finish(w, run, round)
		}
		cert, err := certificate.Get(w, number)
		if err != nil {
			return FundsResult{}, err
		}
		if !may(cert, w.Weight()-begin) {
			break
		}
		if err := divideOver(w, run, round, number); err != nil {
			return FundsResult{}, err
		}
		round.Next = number
	}
	world.Put(w, record.RoundKey(run.ID, round.Number), round)
	w.AddDue(w.Now()+1, record.DueRound, run.ID)
	return resultOf(run, round), nil
}

// nextEntry is the certificate of a run after the one given, or none.
func nextEntry(w *world.World, run, after string) (string, error) {
	prefix := record.EntriesPrefix(run)
	start := prefix
	if after != "" {
		start = prefix + after + "\x00"
	}
	var next string
	err := world.Scan(w, start, record.PrefixEnd(prefix), func(key string, _ *record.Marker) (bool, error) {
		next = key[len(prefix):]
		return false, nil
	})
	return next, err
}

// finish ends a division whose parts sum to the whole. Anything else is a broken
// invariant.
func finish(w *world.World, run *record.Run, round *record.Round) (FundsResult, error) {
	if round.Seen != round.Claims || round.Given != round.Funds {
		panic(fmt.Sprintf("run %s, round %d: %s of %s given for %s of %s",
			run.ID, round.Number, round.Given, round.Funds, round.Seen, round.Claims))
	}
	round.Done = true
	world.Put(w, record.RoundKey(run.ID, round.Number), round)
	run, err := certificate.Divided(w, run.ID)
	if err != nil {
		return FundsResult{}, err
	}
	w.Notify(record.NoticeOf{
		Kind: record.RunWasDivided, Subject: run.ID, Members: []string{run.Debtor, round.Bank}, Amount: round.Funds,
		Opens: []string{round.Bank},
	})
	return resultOf(run, round), nil
}

func resultOf(run *record.Run, round *record.Round) FundsResult {
	return FundsResult{run.ID, round.Number, run.State, round.Claims, round.Funds, round.Legs}
}

// divideOver gives each open claim of a certificate its part. Parts are differences of
// cumulative shares rounded down: they sum to the funds, whatever the order of claims
// none differs from its exact share by a whole fen, and every validator has the same.
func divideOver(w *world.World, run *record.Run, round *record.Round, number string) error {
	claims, err := certificate.Claims(w, number, run.Payment)
	if err != nil {
		return err
	}
	for i := range claims {
		c := &claims[i]
		round.Seen += c.Interval.Amount()
		given, err := money.MulDiv(int64(round.Funds), int64(round.Seen), int64(round.Claims), money.Down)
		if err != nil {
			return err
		}
		part := money.Fen(given) - round.Given
		round.Given = money.Fen(given)
		if part == 0 {
			continue
		}
		paid, _, err := c.Interval.CutLow(part)
		if err != nil {
			return fmt.Errorf("pay %s of fen %s of certificate %s: %w", part, c.Interval, number, err)
		}
		if err := pay(w, source{run, round.Number, round.Bank, round.Account, round.Day}, c, paid, &round.Legs); err != nil {
			return err
		}
	}
	return nil
}

// source is from where a leg is paid.
type source struct {
	run     *record.Run
	round   uint32
	bank    string
	account string
	day     calendar.Date // to which late interest is counted
}

// pay makes the legs for fen of one claim: one for each who has a right to a part.
func pay(w *world.World, from source, c *certificate.Claim, fen interval.Interval, legs *uint32) error {
	rights, err := rightsTo(w, c, fen.Amount())
	if err != nil {
		return err
	}
	for _, r := range rights {
		low, rest, err := fen.CutLow(r.amount)
		if err != nil {
			return err
		}
		fen = rest
		if err := makeLeg(w, from, c, low, r); err != nil {
			return err
		}
		*legs++
	}
	return nil
}

package view

import (
	"bytes"
	"fmt"

	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/outcome"
	"github.com/tierledger/tierledger/ledger/store"
)

// Rebuild derives the whole view again from the stored outcomes, block by block,
// and hands every row to sink. The source of old rows is read, which must hold
// what sink was given so far: an empty view at the start.
func Rebuild(outcomes Source, view interface {
	Source
	Sink
}) error {
	var u *Update
	height := int64(0)
	flush := func() error {
		if u == nil {
			return nil
		}
		return u.Write(view, view)
	}
	err := outcome.Each(outcomes, 0, func(o *record.Outcome) (bool, error) {
		if u == nil || o.Height != height {
			if err := flush(); err != nil {
				return false, err
			}
			u, height = NewUpdate(), o.Height
		}
		u.Add(o)
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("rebuild the view: %w", err)
	}
	return flush()
}

// Rows visits every row of the view as stored, in order of key.
func Rows(source Source, visit func(key, value []byte) error) error {
	return source.Scan(store.View, nil, nil, func(k, v []byte) (bool, error) {
		return true, visit(bytes.Clone(k), v)
	})
}

// EachCertificate visits every certificate's row.
func EachCertificate(source Source, visit func(*record.CertificateRow) error) error {
	return each(source, newKey(kindCertificate), visit)
}

// EachHolding visits every holding's row.
func EachHolding(source Source, visit func(*record.HoldingRow) error) error {
	return each(source, newKey(kindHolding), visit)
}

// EachFinancing visits every financing's row, in order of id.
func EachFinancing(source Source, visit func(*record.FinancingRow) error) error {
	return each(source, newKey(kindFinancing), visit)
}

func each[T any](source Source, prefix key, visit func(*T) error) error {
	return source.Scan(store.View, prefix, prefix.end(), func(_, value []byte) (bool, error) {
		v := new(T)
		if err := record.Decode(value, v); err != nil {
			return false, fmt.Errorf("read a row of the view: %w", err)
		}
		return true, visit(v)
	})
}

package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tierledger/tierledger/chaincode/code"
)

// checkValues refuses a workbook in which a sheet has a formula: what a formula comes
// to depends on who opens the file. All that is unpacked is within the limit, which
// the caller has already checked against what the archive says of itself.
func checkValues(archive []byte, limit int64) error {
	files, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return code.BadFile.New("the XLSX file cannot be read")
	}
	for _, f := range files.File {
		name := strings.ToLower(strings.ReplaceAll(f.Name, "\\", "/"))
		if !strings.HasPrefix(strings.TrimPrefix(name, "/"), "xl/worksheets/") || !strings.HasSuffix(name, ".xml") {
			continue
		}
		part, err := f.Open()
		if err != nil {
			return code.BadFile.New("the XLSX file cannot be read")
		}
		found, err := hasFormula(io.LimitReader(part, limit))
		if err := errors.Join(err, part.Close()); err != nil {
			return code.BadFile.New("the XLSX file is damaged")
		}
		if found {
			return code.BadFile.New("the workbook has formulas; copy its cells and paste them as values")
		}
	}
	return nil
}

// hasFormula looks for an element f, with or without a prefix, in the text of a
// worksheet: in well-formed XML, "<" begins nothing but markup.
func hasFormula(r io.Reader) (bool, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	const longest = 64 // of a prefix and the name
	name := make([]byte, 0, longest)
	for {
		c, err := in.ReadByte()
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("read a worksheet: %w", err)
		}
		if c != '<' {
			continue
		}
		for name = name[:0]; len(name) < longest; name = append(name, c) {
			if c, err = in.ReadByte(); err != nil || strings.IndexByte(" \t\r\n/>", c) >= 0 {
				break
			}
		}
		if err == nil && string(name[bytes.LastIndexByte(name, ':')+1:]) == "f" {
			return true, nil
		}
	}
}

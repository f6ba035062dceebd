package command

import (
	"bufio"
	"errors"
	"io"
	"os"

	"github.com/tierledger/tierledger/chaincode/code"
)

// create has a new file written. A file that is there is not replaced; what could not be
// written whole does not stay. BAD_FILE.
func create(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return code.BadFile.New("%v", err)
	}
	buffer := bufio.NewWriter(file)
	if err := errors.Join(write(buffer), buffer.Flush(), file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// writeNew writes a file that was not there. BAD_FILE.
func writeNew(path string, text []byte) error {
	return create(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

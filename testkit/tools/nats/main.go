// Command nats is the part of the NATS command line that scripts of the platform call:
//
//	nats request --raw SUBJECT BODY
//
// with the same variables NATS_URL, NATS_USER and NATS_PASSWORD and the same output. The command
// line itself cannot be built from a module proxy.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats.go"
)

func main() {
	if err := request(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "nats: error:", err)
		os.Exit(1)
	}
}

func request(args []string) error {
	if len(args) != 4 || args[0] != "request" || args[1] != "--raw" {
		return fmt.Errorf("called with %q, not with request --raw SUBJECT BODY", args)
	}
	connection, err := nats.Connect(
		os.Getenv("NATS_URL"),
		nats.UserInfo(os.Getenv("NATS_USER"), os.Getenv("NATS_PASSWORD")),
	)
	if err != nil {
		return err
	}
	defer connection.Close()
	reply, err := connection.Request(args[2], []byte(args[3]), 5*time.Second)
	if err != nil {
		// As the command line: what is not answered is said, and is no error.
		fmt.Fprintln(os.Stderr, err)
		return nil
	}
	fmt.Println(string(reply.Data))
	return nil
}

// Sends a recording to a new stream. Region, credentials and, for tests, the endpoint come from the environment.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kinesisvideo"
	"github.com/aws/aws-sdk-go-v2/service/kinesisvideo/types"
)

func main() {
	if err := run(context.Background(), os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, stream, file string) error {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	kvs := kinesisvideo.NewFromConfig(cfg)
	if _, err := kvs.CreateStream(ctx, &kinesisvideo.CreateStreamInput{
		StreamName: &stream, DataRetentionInHours: aws.Int32(24)}); err != nil {
		return err
	}
	place, err := kvs.GetDataEndpoint(ctx, &kinesisvideo.GetDataEndpointInput{
		StreamName: &stream, APIName: types.APINamePutMedia})
	if err != nil {
		return err
	}
	persisted, err := putMedia(ctx, cfg, *place.DataEndpoint, stream, file)
	if err != nil {
		return err
	}
	if persisted != 4 {
		return fmt.Errorf("%d fragments were persisted, not 4", persisted)
	}
	return nil
}

// putMedia answers how many fragments were persisted.
func putMedia(ctx context.Context, cfg aws.Config, endpoint, stream, file string) (int, error) {
	body, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(ctx, "POST", endpoint+"/putMedia", body)
	if err != nil {
		return 0, err
	}
	const unsigned = "UNSIGNED-PAYLOAD"
	request.Header.Set("x-amzn-stream-name", stream)
	request.Header.Set("x-amzn-fragment-timecode-type", "RELATIVE")
	request.Header.Set("x-amzn-producer-start-timestamp", fmt.Sprintf("%.3f", float64(time.Now().UnixMilli())/1000))
	request.Header.Set("x-amz-content-sha256", unsigned)
	credentials, err := cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return 0, err
	}
	if err := v4.NewSigner().SignHTTP(ctx, credentials, request, unsigned, "kinesisvideo", cfg.Region, time.Now()); err != nil {
		return 0, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(answer.Body)
		return 0, fmt.Errorf("PutMedia: %s %s", answer.Status, text)
	}
	persisted := 0
	for acks := json.NewDecoder(answer.Body); ; {
		var ack struct{ EventType, FragmentNumber, ErrorCode string }
		if err := acks.Decode(&ack); errors.Is(err, io.EOF) {
			return persisted, nil
		} else if err != nil {
			return persisted, err
		}
		fmt.Println(ack.EventType, ack.FragmentNumber, ack.ErrorCode)
		if ack.EventType == "PERSISTED" {
			persisted++
		}
	}
}

import com.amazonaws.auth.DefaultAWSCredentialsProviderChain;
import com.amazonaws.services.kinesisvideo.AmazonKinesisVideoPutMediaClientBuilder;
import com.amazonaws.services.kinesisvideo.PutMediaAckResponseHandler;
import com.amazonaws.services.kinesisvideo.model.AckEvent;
import com.amazonaws.services.kinesisvideo.model.AckEventType;
import com.amazonaws.services.kinesisvideo.model.FragmentTimecodeType;
import com.amazonaws.services.kinesisvideo.model.PutMediaRequest;
import java.io.FileInputStream;
import java.net.URI;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.services.kinesisvideo.KinesisVideoClient;
import software.amazon.awssdk.services.kinesisvideo.model.APIName;
import software.amazon.awssdk.services.kinesisvideomedia.KinesisVideoMediaClient;
import software.amazon.awssdk.services.kinesisvideomedia.model.StartSelectorType;

/** Sends a recording by v1's PutMedia, reads it back by v2. Region and credentials come from the environment. */
public class Main {
  public static void main(String[] args) throws Exception {
    String stream = args[0];
    // v2 reads AWS_ENDPOINT_URL by itself; what v1 is told comes from GetDataEndpoint.
    try (var kvs = KinesisVideoClient.create()) {
      kvs.createStream(r -> r.streamName(stream).dataRetentionInHours(24));
      String place = kvs.getDataEndpoint(r -> r.streamName(stream).apiName(APIName.PUT_MEDIA)).dataEndpoint();
      int persisted = put(place, stream, args[1]);
      if (persisted != 4) throw new IllegalStateException(persisted + " fragments were persisted, not 4");

      URI reading = URI.create(kvs.getDataEndpoint(r -> r.streamName(stream).apiName(APIName.GET_MEDIA)).dataEndpoint());
      try (var media = KinesisVideoMediaClient.builder().endpointOverride(reading).build();
          var payload = media.getMedia(r -> r.streamName(stream)
              .startSelector(s -> s.startSelectorType(StartSelectorType.EARLIEST)))) {
        System.out.println("read " + payload.readNBytes(10_000).length + " bytes");
        payload.abort(); // it would go on with what comes next
      }
    }
  }

  static int put(String place, String stream, String file) throws Exception {
    var persisted = new AtomicInteger();
    var done = new CompletableFuture<Void>();
    var handler = new PutMediaAckResponseHandler() {
      @Override public void onAckEvent(AckEvent event) {
        System.out.println(event);
        if (event.getAckEventType().getEnumValue() == AckEventType.Values.PERSISTED) persisted.incrementAndGet();
      }
      @Override public void onFailure(Throwable error) {
        done.completeExceptionally(error);
      }
      @Override public void onComplete() {
        done.complete(null);
      }
    };
    var client = AmazonKinesisVideoPutMediaClientBuilder.standard()
        .withCredentials(DefaultAWSCredentialsProviderChain.getInstance())
        .withRegion(System.getenv("AWS_REGION")).withEndpoint(place).build();
    client.putMedia(new PutMediaRequest().withStreamName(stream)
        .withFragmentTimecodeType(FragmentTimecodeType.RELATIVE)
        .withProducerStartTimestamp(Date.from(Instant.now()))
        .withPayload(new FileInputStream(file)), handler);
    done.get(60, TimeUnit.SECONDS);
    client.close();
    return persisted.get();
  }
}

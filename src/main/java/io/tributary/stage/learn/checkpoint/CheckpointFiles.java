package io.tributary.stage.learn.checkpoint;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import io.tributary.data.BadInputException;
import io.tributary.data.Fingerprint;
import io.tributary.data.TensorBytes;
import io.tributary.io.LastingFiles;
import io.tributary.model.DecoderConfig;
import io.tributary.model.TensorLayout;
import io.tributary.tensor.FloatType;
import io.tributary.tensor.SafeTensors;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files of one checkpoint: weights, moments of the optimizer, state of the learner, and a
 * manifest of them that is written last.
 *
 * @param directory holds them
 */
public record CheckpointFiles(Path directory) {
  private static final String POLICY = "policy.safetensors";
  private static final String PROPOSAL = "proposal.safetensors";
  private static final String OPTIMIZER = "optimizer.safetensors";
  private static final String VALUE_HEAD = "value-head.safetensors";
  private static final String STATE = "state.json";
  private static final String MANIFEST = "manifest.json";
  private static final int FORMAT = 2;
  private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

  /**
   * The list of the files. It is written last, so a directory that has one was complete.
   *
   * @param format version of the checkpoint's format
   * @param files size and SHA-256 of each file
   */
  record Manifest(int format, Map<String, Entry> files) {
    record Entry(long bytes, String sha256) {}

    /** Size of all files together. */
    long bytes() {
      return files.values().stream().mapToLong(Entry::bytes).sum();
    }
  }

  private record Version(int format) {}

  /** Makes the directory, writes the checkpoint into it and flushes it all to disk. */
  Manifest write(Checkpoint checkpoint) throws IOException {
    Files.createDirectory(directory);
    TensorLayout model = checkpoint.model().tensors();
    model.write(directory.resolve(POLICY), checkpoint.policy(), FloatType.F32);
    model.write(directory.resolve(PROPOSAL), checkpoint.proposal(), FloatType.F32);
    SafeTensors.write(directory.resolve(OPTIMIZER), checkpoint.optimizer(), FloatType.F32);
    List<String> files = new ArrayList<>(List.of(POLICY, PROPOSAL, OPTIMIZER, STATE));
    if (!checkpoint.valueHead().isEmpty()) {
      SafeTensors.write(directory.resolve(VALUE_HEAD), checkpoint.valueHead(), FloatType.F32);
      files.add(VALUE_HEAD);
    }
    LastingFiles.write(directory.resolve(STATE), checkpoint.state().toJson());
    Map<String, Manifest.Entry> entries = new TreeMap<>();
    for (String name : files) {
      Path file = directory.resolve(name);
      entries.put(name, new Manifest.Entry(Files.size(file), sha256(file)));
    }
    Manifest manifest = new Manifest(FORMAT, entries);
    LastingFiles.write(directory.resolve(MANIFEST), GSON.toJson(manifest) + "\n");
    LastingFiles.flushDirectory(directory);
    return manifest;
  }

  private static String sha256(Path file) throws IOException {
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), Fingerprint.sha256())) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(((DigestInputStream) in).getMessageDigest().digest());
    }
  }

  /**
   * Compares all files with the manifest.
   *
   * @throws IOException naming the file that is damaged, and how
   */
  Manifest verify() throws IOException {
    Manifest manifest = manifest();
    if (manifest.format() != FORMAT) {
      throw new IOException(
          "it has format %d, this version of the program reads format %d"
              .formatted(manifest.format(), FORMAT));
    }
    for (Map.Entry<String, Manifest.Entry> expected : manifest.files().entrySet()) {
      Path file = directory.resolve(expected.getKey());
      if (!Files.isRegularFile(file)) {
        throw new IOException(expected.getKey() + " is missing");
      }
      if (Files.size(file) != expected.getValue().bytes()) {
        throw new IOException(
            "%s has %d bytes, its manifest says %d"
                .formatted(expected.getKey(), Files.size(file), expected.getValue().bytes()));
      }
      if (!sha256(file).equals(expected.getValue().sha256())) {
        throw new IOException(expected.getKey() + " does not have the SHA-256 of its manifest");
      }
    }
    return manifest;
  }

  /** Reads the manifest without verifying the files. */
  Manifest manifest() throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new IOException("it does not exist");
    }
    Path file = directory.resolve(MANIFEST);
    if (!Files.isRegularFile(file)) {
      throw new IOException("it has no " + MANIFEST + ", so it was never completed");
    }
    try {
      Manifest manifest = GSON.fromJson(Files.readString(file), Manifest.class);
      if (manifest == null || manifest.files() == null || manifest.files().containsValue(null)) {
        throw new IOException(MANIFEST + " is not complete");
      }
      return manifest;
    } catch (JsonParseException e) {
      throw new IOException(MANIFEST + " is not readable: " + e.getMessage(), e);
    }
  }

  /** When the checkpoint was completed. */
  Instant completed() throws IOException {
    return Files.getLastModifiedTime(directory.resolve(MANIFEST)).toInstant();
  }

  /** Whether the learner's state was written as exactly this one. */
  boolean hasState(LearnerState state) throws IOException {
    return Files.readString(directory.resolve(STATE)).equals(state.toJson());
  }

  /**
   * Reads the learner's state without verifying the other files.
   *
   * @throws JsonParseException if it is not the state of a learner
   */
  LearnerState state() throws IOException {
    return LearnerState.fromJson(Files.readString(directory.resolve(STATE)));
  }

  /**
   * Refuses a checkpoint in a format newer than this program, even if the rest of its manifest is
   * unreadable.
   *
   * @throws BadInputException if a newer program has written it
   */
  void requireKnownFormat() {
    Version version;
    try {
      version = GSON.fromJson(Files.readString(directory.resolve(MANIFEST)), Version.class);
    } catch (IOException | JsonParseException e) {
      return; // not a whole checkpoint of any format
    }
    if (version != null && version.format() > FORMAT) {
      throw new BadInputException(
          "%s has format %d, this program knows formats up to %d; use a newer program, or --resume=STEP of an older checkpoint that this one can read"
              .formatted(directory, version.format(), FORMAT));
    }
  }

  /**
   * @throws BadInputException if it is not whole, or of another model
   */
  Checkpoint read(DecoderConfig model) {
    try {
      boolean valued = verify().files().containsKey(VALUE_HEAD);
      return new Checkpoint(
          model,
          state(),
          model.tensors().read(directory.resolve(POLICY)),
          model.tensors().read(directory.resolve(PROPOSAL)),
          tensors(directory.resolve(OPTIMIZER)),
          valued ? tensors(directory.resolve(VALUE_HEAD)) : List.of());
    } catch (IOException | JsonParseException e) {
      throw new BadInputException(directory + " can't be used: " + e.getMessage(), e);
    }
  }

  private static List<TensorBytes> tensors(Path file) {
    return List.copyOf(SafeTensors.read(file, name -> true).values());
  }

  /**
   * Reads the policy's weights alone.
   *
   * @param base weights of the base model that the run was started with
   * @throws BadInputException if it is not a whole checkpoint, or one of another base model
   */
  public List<TensorBytes> policy(DecoderConfig model, List<TensorBytes> base) {
    LearnerState state;
    try {
      verify();
      state = state();
    } catch (IOException | JsonParseException e) {
      throw new BadInputException(
          directory + " is not a complete checkpoint: " + e.getMessage(), e);
    }
    if (!state.identity().isOfBase(Fingerprint.of(base))) {
      throw new BadInputException(
          "%s was made with another base model; expected the one that the run was started with"
              .formatted(directory));
    }
    return model.tensors().read(directory.resolve(POLICY));
  }
}

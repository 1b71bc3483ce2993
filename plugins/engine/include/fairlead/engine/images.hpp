#pragma once

#include <fairlead/model.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Images: the engine's JSON as our model, and the streams that pulls and builds answer with.
namespace fairlead::engine {

/// The answer to GET /images/NAME/json. Throws Error(failed, "engine.malformed").
ImageInfo image_from_inspect(std::string_view json);

/// "name@sha256:…" of each registry that the image is known from, by the same answer.
std::vector<std::string> digests_from_inspect(std::string_view json);

/// The digest in the answer to GET /distribution/NAME/json, which asks the image's registry. Throws
/// Error(failed, "engine.malformed").
std::string digest_from_distribution(std::string_view json);

/// Path and query of a pull; a name without tag or digest means "latest".
std::string pull_target(const PullImageRequest& request);

/// The X-Registry-Auth header (base64url) of credentials given as
/// {"username","password","identitytoken","serveraddress"}; empty text gives an empty header.
/// Throws Error(invalid, "image.credentials").
std::string registry_auth(std::string_view credentials);
/// The same for builds, which take a table by registry: X-Registry-Config.
std::string registry_config(std::string_view credentials);

/// Reads the stream of JSON objects that a pull, a push or a classic build answers with, whatever
/// the pieces it comes in.
class ProgressReader {
 public:
  explicit ProgressReader(std::function<void(const Event&)> emit) : emit_(std::move(emit)) {}

  void feed(std::string_view bytes);
  /// The engine's own error line, once one came.
  const std::optional<std::string>& error() const noexcept { return error_; }
  /// The id of the image that was built ("aux"), once it is known.
  const std::string& image_id() const noexcept { return image_id_; }

 private:
  void take(std::string_view line);

  std::function<void(const Event&)> emit_;
  std::string rest_;
  std::optional<std::string> error_;
  std::string image_id_;
  std::map<std::string, std::string> last_;  ///< of each layer: what was said last
};

}  // namespace fairlead::engine

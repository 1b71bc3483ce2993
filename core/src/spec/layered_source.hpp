#pragma once

#include "base/jsonc.hpp"

#include <fairlead/overlay.hpp>

#include <vector>

namespace fairlead {

/// Positions in a document of several files: each value is looked for where it comes from.
class LayeredSource final : public SourceMap {
 public:
  LayeredSource(std::vector<ConfigLayer> layers, JsonPtr composed)
      : layers_(std::move(layers)), composed_(std::move(composed)) {}

  const std::vector<ConfigLayer>& layers() const { return layers_; }
  std::vector<SourceLocation> locate(const std::vector<std::string>& pointers,
                                     bool names = false) const override;

 private:
  std::vector<ConfigLayer> layers_;
  JsonPtr composed_;
};

}  // namespace fairlead

#include "spec/layered_source.hpp"

#include "spec/compose_layers.hpp"

namespace fairlead {

std::vector<SourceLocation> LayeredSource::locate(const std::vector<std::string>& pointers,
                                                  bool names) const {
  std::vector<const Json*> values;
  for (const auto& layer : layers_) values.push_back(layer.raw.get());
  std::vector<SourceLocation> out;
  for (const auto& pointer : pointers) {
    const LayerPlace place = find_in_layers(*composed_, values, pointer);
    out.push_back(layers_[place.layer].source->locate({place.pointer}, names).front());
  }
  return out;
}

std::vector<ConfigLayer> config_layers(const ConfigDocument& document) {
  if (const auto* layered = dynamic_cast<const LayeredSource*>(document.source.get())) {
    return layered->layers();
  }
  const bool over = document.content_file != document.config_file;
  return {{over ? ConfigLayer::Kind::override_config : ConfigLayer::Kind::own,
           document.content_file, document.raw, document.source}};
}

}  // namespace fairlead

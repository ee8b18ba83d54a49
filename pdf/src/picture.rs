//! A chart as a picture for slides: the SVG drawn with the program's own font.
use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

/// Pixels for each unit of the chart.
const SCALE: f32 = 2.0;

/// The PNG of a chart.
pub fn png(svg: &str, font: &[u8]) -> Result<Vec<u8>, String> {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(font.to_vec());
    let options = Options {
        fontdb: Arc::new(fonts),
        font_family: "Noto Sans SC".to_owned(),
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options).map_err(|error| format!("this is no SVG: {error}"))?;
    let pixels = |length: f32| (length * SCALE).ceil() as u32;
    let (wide, high) = (pixels(tree.size().width()), pixels(tree.size().height()));
    let mut map = Pixmap::new(wide, high).ok_or("the picture is too large")?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut map.as_mut());
    map.encode_png().map_err(|error| error.to_string())
}
